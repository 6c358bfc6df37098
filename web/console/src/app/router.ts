import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadMe, me, onSessionEnd, signedIn } from '@/session'
import { comingFrom } from './comingFrom'
import { domains, type Domain } from './domain'
import { loadMessages } from './i18n'
import { queries } from './queries'

declare module 'vue-router' {
  interface RouteMeta {
    domain?: Domain
    open?: boolean
    /** Words for the tab of the browser, a key of the domain's messages. */
    title?: string
  }
}

const mark = (domain: Domain, open: boolean) => (route: RouteRecordRaw) => ({ ...route, meta: { ...route.meta, domain, open } }) as RouteRecordRaw

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...domains.flatMap((domain) => (domain.publicRoutes ?? []).map(mark(domain, true))),
    {
      path: '/',
      component: () => import('@/shell/AppShell.vue'),
      children: [
        ...domains.flatMap((domain) => (domain.routes ?? []).map(mark(domain, false))),
        { path: '/:path(.*)*', name: 'lost', component: () => import('@/shell/LostPage.vue'), meta: { title: 'app.lostTitle' } },
      ],
    },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

/** So long the frame waits for the person it is drawn for; a slow answer fills it in later. */
const patience = 250

router.beforeEach(async (to) => {
  if (to.meta.domain) await loadMessages(to.meta.domain)
  if (to.name === 'sign-in' && signedIn()) return comingFrom(to.query)
  if (to.meta.open) return true
  const door = { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (!signedIn()) return door
  if (!me.value) {
    // A server that cannot be reached is no reason to sign out: the shell shows what is wrong and tries again.
    await Promise.race([loadMe().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, patience))])
    if (!signedIn()) return door
  }
  return true
})

onSessionEnd(() => {
  queries.clear()
  const here = router.currentRoute.value
  if (!here.meta.open && here.matched.length > 0) void router.push({ name: 'sign-in', query: here.fullPath === '/' ? {} : { next: here.fullPath } })
})
