// A screen could not be fetched. When the server was updated while this page was open, its old parts are gone: take the new
// page, once, and go where the person was going. When the server cannot be reached, stay: the screen that is there goes on
// working, says what is wrong, and the way is gone by itself as soon as the server is back.
import { ref } from 'vue'
import type { Router } from 'vue-router'
import { aMoment, isMissingPart, served } from './part'
import { toastProblem } from './problem'

const key = 'smartsecurity.reloaded'
/** Where the person wants to go and cannot yet. */
export const waitingFor = ref<string>()

/** False when that was tried just now: what is missing again right after is an error like any other. */
function loadAnew(path?: string): boolean {
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 10_000) return false
  sessionStorage.setItem(key, String(Date.now()))
  if (path) location.assign(path)
  else location.reload()
  return true
}

export function followUpdates(router: Router): void {
  /** Changes with every wish of the person's, which ends the waiting for the one before. */
  let turn = 0
  let heading: string | undefined
  let failures = 0
  router.beforeEach((to) => {
    if (to.fullPath !== heading) failures = 0
    heading = to.fullPath
    turn += 1
  })
  router.afterEach((_to, _from, failure) => {
    if (failure) return
    heading = waitingFor.value = undefined
    failures = 0
  })

  router.onError((error, to) => (isMissingPart(error) ? void arrive(error, to.fullPath) : toastProblem(error)))

  async function arrive(error: unknown, path: string) {
    const mine = turn
    failures += 1
    for (let found = await served(); mine === turn; found = await served()) {
      if (found === 'nothing') {
        waitingFor.value = path
        await aMoment()
      } else if (found === 'same' && failures < 3) {
        return void router.push(path).catch(() => undefined)
      } else {
        // A browser that remembers what it could not fetch needs a new page, too.
        waitingFor.value = undefined
        if (!loadAnew(path)) toastProblem(error)
        heading = undefined
        return
      }
    }
  }

  window.addEventListener('vite:preloadError', () => {
    // A dialog or a chart, on a screen that is there.
    if (heading === undefined) void served().then((found) => found === 'newer' && loadAnew())
  })
}
