// The fleet: finding devices, connecting the first one, and everything about a single one.
import { Plus, Router } from '@lucide/vue'
import type { DevicePage } from '@smartsecurity/client'
import { defineDomain } from '@/app/domain'
import { api } from '@/session'

export default defineDomain({
  name: 'devices',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [
    { path: 'devices', name: 'devices', component: () => import('./pages/FleetPage.vue'), meta: { title: 'devices.title' } },
    { path: 'devices/connect', name: 'connect', component: () => import('./pages/ConnectPage.vue'), meta: { title: 'devices.connect.title' } },
    { path: 'devices/:id', name: 'device', component: () => import('./pages/DevicePage.vue'), meta: { title: 'devices.device' } },
  ],
  navigation: [{ route: 'devices', label: { en: 'Devices', fr: 'Appareils' }, icon: Router, keys: 'g d', order: 30, phone: true }],
  actions: [{ id: 'connect', label: { en: 'Connect a device', fr: 'Connecter un appareil' }, icon: Plus, route: 'connect', permission: 'manage_devices' }],
  search: async (query, signal) => {
    const page = await api.get<DevicePage>('/devices', { search: query, limit: 8 }, signal)
    return page.items.map((device) => ({ id: device.id, label: device.name, hint: device.profile, icon: Router, group: { en: 'Devices', fr: 'Appareils' }, to: `/devices/${device.id}` }))
  },
})
