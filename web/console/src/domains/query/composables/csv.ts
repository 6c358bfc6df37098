import type { QueryResult } from '@smartsecurity/client'

/** RFC 4180. A cell that a spreadsheet would run as a formula is made text. */
export function csv(result: QueryResult): string {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return ''
    let text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [result.columns.map((column) => cell(column.name)), ...result.rows.map((row) => row.map(cell))].map((line) => line.join(',')).join('\r\n') + '\r\n'
}

export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
