// What to watch for.
import { ListChecks, Plus } from '@lucide/vue'
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'rules',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [
    { path: 'rules', name: 'rules', component: () => import('./pages/RulesPage.vue'), meta: { title: 'rules.title' } },
    { path: 'rules/new', name: 'new-rule', component: () => import('./pages/RulePage.vue'), meta: { title: 'rules.new' } },
    { path: 'rules/:id', name: 'rule', component: () => import('./pages/RulePage.vue'), meta: { title: 'rules.one' } },
  ],
  navigation: [{ route: 'rules', label: { en: 'Rules', fr: 'Règles' }, icon: ListChecks, keys: 'g r', order: 40 }],
  actions: [{ id: 'new-rule', label: { en: 'New rule', fr: 'Nouvelle règle' }, icon: Plus, route: 'new-rule', permission: 'manage_rules' }],
})
