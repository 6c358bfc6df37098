import { createApp } from 'vue'
import { VueQueryPlugin } from '@tanstack/vue-query'
import App from './App.vue'
import { i18n, preferredLanguage, setLanguage } from './app/i18n'
import { queries } from './app/queries'
import { router } from './app/router'
import './style.css'

// The server was updated while this page was open: its old parts are gone, so take the new page, once.
window.addEventListener('vite:preloadError', (event) => {
  const key = 'smartsecurity.reloaded'
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 10_000) return
  sessionStorage.setItem(key, String(Date.now()))
  event.preventDefault()
  location.reload()
})

await setLanguage(preferredLanguage(), false)
createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: queries }).use(router).mount('#app')
