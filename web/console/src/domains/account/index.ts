// Becoming and being somebody: the first owner, signing in, joining by invitation.
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'account',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  publicRoutes: [
    { path: '/setup', name: 'setup', component: () => import('./pages/SetupPage.vue'), meta: { title: 'account.setup.title' } },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue'), meta: { title: 'account.signIn.title' } },
    { path: '/join/:token?', alias: ['/invitations/:token', '/invitation/:token'], name: 'join', component: () => import('./pages/JoinPage.vue'), meta: { title: 'account.join.plain' } },
  ],
})
