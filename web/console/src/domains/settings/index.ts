// The account of whoever is signed in, and what the tenant shares: people, channels, the system.
import { Settings } from '@lucide/vue'
import { defineDomain } from '@/app/domain'

export default defineDomain({
  name: 'settings',
  messages: { en: () => import('./messages/en'), fr: () => import('./messages/fr') },
  routes: [
    {
      path: 'settings',
      component: () => import('./pages/SettingsPage.vue'),
      children: [
        { path: '', name: 'settings', redirect: '/settings/account' },
        { path: 'account', name: 'account', component: () => import('./pages/AccountPage.vue'), meta: { title: 'settings.account' } },
        { path: 'people', name: 'people', component: () => import('./pages/PeoplePage.vue'), meta: { title: 'settings.people' } },
        { path: 'channels', name: 'channels', component: () => import('./pages/ChannelsPage.vue'), meta: { title: 'settings.channels' } },
        { path: 'system', name: 'system', component: () => import('./pages/SystemPage.vue'), meta: { title: 'settings.system' } },
      ],
    },
  ],
  navigation: [{ route: 'settings', label: { en: 'Settings', fr: 'Réglages' }, icon: Settings, keys: 'g s', order: 90 }],
})
