// What the rules found, and what people did about it.
import { Siren } from '@lucide/vue'
import type { IncidentPage } from '@smartsecurity/client'
import { defineDomain } from '@/app/domain'
import { api } from '@/session'
import { activeCount, urgent } from './composables/count'
import { headline } from './composables/reading'

export default defineDomain({
  name: 'incidents',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [
    { path: 'incidents', name: 'incidents', component: () => import('./pages/IncidentsPage.vue'), meta: { title: 'incidents.title' } },
    { path: 'incidents/:id', name: 'incident', component: () => import('./pages/IncidentPage.vue'), meta: { title: 'incidents.one' } },
  ],
  navigation: [
    {
      route: 'incidents',
      label: { en: 'Incidents', fr: 'Incidents' },
      icon: Siren,
      keys: 'g i',
      order: 20,
      phone: true,
      badge: () => (activeCount.value > 0 ? { count: activeCount.value, urgent: urgent.value, label: { en: 'incidents that need handling', fr: 'incidents à traiter' } } : undefined),
    },
  ],
  keys: [
    { keys: 'a', label: { en: 'Acknowledge the incident', fr: 'Prendre en compte l’incident' } },
    { keys: 'm', label: { en: 'Assign the incident to me', fr: 'M’attribuer l’incident' } },
    { keys: 'c', label: { en: 'Comment on the incident', fr: 'Commenter l’incident' } },
    { keys: 'r', label: { en: 'Resolve the incident', fr: 'Résoudre l’incident' } },
  ],
  search: async (query, signal) => {
    const page = await api.get<IncidentPage>('/incidents', { search: query, limit: 6 }, signal)
    return page.items.map((incident) => ({ id: incident.id, label: headline(incident), hint: `#${incident.number}`, icon: Siren, group: { en: 'Incidents', fr: 'Incidents' }, to: `/incidents/${incident.id}` }))
  },
})
