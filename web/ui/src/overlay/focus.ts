/** Where focus goes when a dialog opens: what asks for it, else the first field, else the dialog itself rather than its close button. */
export function focusFirst(event: Event): void {
  const dialog = event.currentTarget ?? event.target
  if (!(dialog instanceof HTMLElement)) return
  const wish = dialog.querySelector<HTMLElement>('[autofocus], input:not([type=hidden]), textarea, select') ?? dialog.querySelector<HTMLElement>('footer button:last-child')
  event.preventDefault()
  ;(wish ?? dialog).focus()
}
