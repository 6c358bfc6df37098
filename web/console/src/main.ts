import { createApp } from 'vue'
import { VueQueryPlugin } from '@tanstack/vue-query'
import App from './App.vue'
import { i18n, preferredLanguage, setLanguage } from './app/i18n'
import { queries } from './app/queries'
import { router } from './app/router'
import { followUpdates } from './app/update'
// Every screen follows the system's theme and the other tabs', also those that cannot change it.
import '@smartsecurity/ui/theme'
import './style.css'

followUpdates(router)
await setLanguage(preferredLanguage(), false)
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: queries }).use(router).mount('#app')
