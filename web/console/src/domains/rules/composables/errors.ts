// From the server's refusal to the fields of the form: `spec.limit` belongs beside the limit, line 4 beside line 4.
import { ApiProblem } from '@smartsecurity/client'

export interface FormErrors { fields: Record<string, string>; line?: number; rest: boolean }

export function formErrors(error: unknown): FormErrors {
  if (!(error instanceof ApiProblem)) return { fields: {}, rest: error !== null && error !== undefined }
  const fields = Object.fromEntries(error.errors.map(({ field, message }) => [field.replace(/^(rule\.)?spec\./, ''), message]))
  const text = fields.yaml ?? error.detail ?? ''
  const line = /line (\d+)/.exec(text)?.[1]
  return { fields, ...(line ? { line: Number(line) } : {}), rest: Object.keys(fields).length === 0 }
}
