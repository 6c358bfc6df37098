// From the server's refusal to the fields of the form: `spec.limit` belongs beside the limit, line 4 beside line 4.
import { ApiProblem } from '@smartsecurity/client'
import { fieldErrors } from '@/app/problem'

export interface FormErrors { fields: Record<string, string>; line?: number; rest: boolean }

export function formErrors(error: unknown): FormErrors {
  if (!(error instanceof ApiProblem)) return { fields: {}, rest: error !== null && error !== undefined }
  const fields = Object.fromEntries(Object.entries(fieldErrors(error)).map(([field, message]) => [field.replace(/^(rule\.)?spec\./, ''), message]))
  const line = error.detailPhrase?.params.line
  return { fields, ...(typeof line === 'number' ? { line } : {}), rest: Object.keys(fields).length === 0 }
}
