import { computed, inject, onScopeDispose, useAttrs, watchEffect, type InjectionKey, type Ref } from 'vue'

export interface FieldContext {
  id: string
  error: Readonly<Ref<string | undefined>>
  hint: Readonly<Ref<string | undefined>>
  /** The id of the control that the label names, when the control brought its own. */
  control: Ref<string | undefined>
  /** The first control takes the label; another one in the same field has a name of its own. */
  claim: () => (() => void) | undefined
}

export const fieldKey: InjectionKey<FieldContext> = Symbol('field')

/** What a control binds to belong to the `Field` around it. Nothing, when it stands alone. */
export function useField() {
  const field = inject(fieldKey, undefined)
  const attrs = useAttrs()
  const release = field?.claim()
  if (field && release) {
    watchEffect(() => (field.control.value = typeof attrs.id === 'string' ? attrs.id : undefined))
    onScopeDispose(release)
  }
  return computed(() => {
    if (!field) return {}
    const error = field.error.value
    return {
      id: release ? field.id : undefined,
      'aria-invalid': error ? ('true' as const) : undefined,
      'aria-describedby': error ? `${field.id}-error` : field.hint.value ? `${field.id}-hint` : undefined,
    }
  })
}
