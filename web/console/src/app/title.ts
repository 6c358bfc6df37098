// What the tab of the browser is called: a page that shows one thing says its name, the others are called as their route is.
import { computed, onScopeDispose, shallowRef } from 'vue'

const named = shallowRef<() => string | undefined>()

export const pageName = computed(() => named.value?.())

/** While this page is shown; nothing until the name is known. */
export function useName(name: () => string | undefined): void {
  named.value = name
  onScopeDispose(() => named.value === name && (named.value = undefined))
}
