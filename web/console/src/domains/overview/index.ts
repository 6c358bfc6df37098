// The first screen: what needs me now?
import { House } from '@lucide/vue'
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'overview',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [{ path: '', name: 'overview', component: () => import('./pages/OverviewPage.vue'), meta: { title: 'overview.title' } }],
  navigation: [{ route: 'overview', label: { en: 'Overview', fr: 'Vue d’ensemble' }, icon: House, keys: 'g o', order: 10, phone: true }],
})
