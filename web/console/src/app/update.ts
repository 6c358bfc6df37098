// The server was updated while this page was open: its old parts are gone, so take the new page, once, and go where the
// person was going. A part that is missing again right after that is an error like any other, and is told.
import type { Router } from 'vue-router'
import { toastProblem } from './problem'

const key = 'smartsecurity.reloaded'

export function followUpdates(router: Router): void {
  let heading: string | undefined
  let leaving = false
  router.beforeEach((to) => void (heading = to.fullPath))
  router.afterEach(() => (heading = undefined))
  router.onError((error) => leaving || toastProblem(error))

  window.addEventListener('vite:preloadError', (event) => {
    if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 10_000) return
    sessionStorage.setItem(key, String(Date.now()))
    event.preventDefault()
    leaving = true
    if (heading) location.assign(heading)
    else location.reload()
  })
}
