import { computed, inject, type InjectionKey, type Ref } from 'vue'

export interface FieldContext {
  id: string
  error: Readonly<Ref<string | undefined>>
  hint: Readonly<Ref<string | undefined>>
}

export const fieldKey: InjectionKey<FieldContext> = Symbol('field')

/** What a control binds to belong to the `Field` around it. Nothing, when it stands alone. */
export function useField() {
  const field = inject(fieldKey, undefined)
  return computed(() => {
    if (!field) return {}
    const error = field.error.value
    return {
      id: field.id,
      'aria-invalid': error ? ('true' as const) : undefined,
      'aria-describedby': error ? `${field.id}-error` : field.hint.value ? `${field.id}-hint` : undefined,
    }
  })
}
