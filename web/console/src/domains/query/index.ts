// Questions in SQL to everything that devices sent.
import { Database } from '@lucide/vue'
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'query',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [{ path: 'query', name: 'query', component: () => import('./pages/QueryPage.vue'), meta: { title: 'query.title' } }],
  navigation: [{ route: 'query', label: { en: 'Query', fr: 'Requête' }, icon: Database, keys: 'g q', order: 50 }],
})
