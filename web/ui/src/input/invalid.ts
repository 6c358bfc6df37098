import { nextTick } from 'vue'

/** To the first control that is marked as wrong, once the marks are drawn. */
export async function focusInvalid(form: EventTarget | null): Promise<void> {
  await nextTick()
  if (form instanceof Element) form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
