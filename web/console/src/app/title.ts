// What the tab of the browser is called: a page that shows one thing says its name, the others are called as their route is.
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

const named = shallowRef<() => string | undefined>()

const pageName = computed(() => named.value?.())

/** While this page is shown; nothing until the name is known. */
export function useName(name: () => string | undefined): void {
  named.value = name
  onScopeDispose(() => named.value === name && (named.value = undefined))
}

/** For the whole console, at the door as well. */
export function useTitle(): void {
  const { t } = useI18n()
  const route = useRoute()
  watch(
    () => [pageName.value ?? (route.meta.title && t(route.meta.title)), t('app.name')].filter(Boolean).join(' · '),
    (title) => (document.title = title),
    { immediate: true },
  )
}
