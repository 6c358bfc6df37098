// What somebody is writing stays while they write it: it survives the end of the session, a reload and a look at another
// screen, and comes back to the same person at the same address. For words only, never for a password or another secret.
import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { useRoute } from 'vue-router'
import { me } from '@/session'
import { draftKey, readDraft, writeDraft } from './draftStore'

export interface KeptDraft<T> {
  /** Bind it to the form. Any change, also within an object, is kept at once. */
  draft: Ref<T>
  /** Whether what `draft` holds was written before this screen was opened. */
  restored: Readonly<ShallowRef<boolean>>
  /** It was sent, or is not wanted: begin anew. */
  clear(): void
}

/**
 * Call it in the setup of a screen or one of its parts; `name` tells apart what is written at the same address. The value
 * must be JSON. When the route goes on to another thing of the same kind (another incident), the draft of that one comes.
 */
export function useDraft<T>(name: string, initial: () => T): KeptDraft<T> {
  const route = useRoute()
  const screen = route.matched.at(-1)?.path
  const writer = me.value && { user: me.value.user.id, tenant: me.value.tenant.id }
  const keyOf = (path: string) => (writer ? draftKey(writer, path, name) : undefined)
  let key = keyOf(route.path)
  const restored = shallowRef(false)
  const same = (a: T, b: T) => JSON.stringify(a) === JSON.stringify(b)

  function read(): T {
    const kept = key && readDraft<T>(key)
    restored.value = kept !== undefined && kept !== ''
    return restored.value ? (kept as T) : initial()
  }

  const draft = ref(read()) as Ref<T>
  // At once: the session may end, and the screen with it, before anything else happens.
  watch(draft, (value) => key && writeDraft(key, same(value, initial()) ? undefined : value), { deep: true, flush: 'sync' })
  watch(
    () => route.path,
    (path) => {
      // On the way to another screen this one is still there for a moment.
      if (route.matched.at(-1)?.path !== screen) return
      key = keyOf(path)
      draft.value = read()
    },
  )

  function clear() {
    draft.value = initial()
    restored.value = false
    if (key) writeDraft(key, undefined)
  }
  return { draft, restored, clear }
}
