// From anything that was thrown to the words that `ErrorState` shows.
import { ApiProblem } from '@smartsecurity/client'
import { toast, type Problem } from '@smartsecurity/ui'
import { saySentence } from '@/phrases'
import { i18n } from './i18n'

export function asProblem(error: unknown): Problem {
  const { t } = i18n.global
  if (error instanceof ApiProblem) {
    if (error.unreachable) return { title: t('problem.unreachable.title'), detail: t('problem.unreachable.detail'), kept: t('problem.unreachable.kept'), hint: t('problem.unreachable.hint') }
    const errors = error.errors.map(({ field, message, message_phrase }) => ({ field, message: saySentence(message_phrase, message) }))
    return { title: title(error), detail: saySentence(error.detailPhrase, error.detail ?? ''), hint: error.hint && saySentence(error.hintPhrase, error.hint), code: error.code, requestId: error.requestId, errors }
  }
  return { title: t('problem.unexpected.title'), detail: error instanceof Error ? error.message : String(error), hint: t('problem.unexpected.hint') }
}

/** What the address names is not there: deleted, another tenant's, or never an id at all. */
export const isGone = (error: unknown): boolean => error instanceof ApiProblem && error.status === 404

/** The server's titles are HTTP's own; ours say it in the reader's language, by code where we know it. */
function title(error: ApiProblem): string {
  const { t, te } = i18n.global
  return [`problem.code.${error.code}`, `problem.status.${error.status}`].filter((key) => te(key)).map((key) => t(key))[0] ?? error.title
}

/** By field of the form, what is wrong with it. */
export function fieldErrors(error: unknown): Record<string, string> {
  return Object.fromEntries((error instanceof ApiProblem ? (asProblem(error).errors ?? []) : []).map(({ field, message }) => [field, message]))
}

/** What is left to say where the fields of a form say their part themselves: `said` is what stands beside them. */
export function besideFields(problem: Problem, said: readonly (string | undefined)[]): Problem {
  const detail = said.includes(problem.detail) ? undefined : problem.detail
  return { ...problem, detail, errors: problem.errors?.filter(({ message }) => !said.includes(message)) }
}

/** For an action in passing, whose failure has no place of its own on the screen. */
export function toastProblem(error: unknown): void {
  // The session ended: the sign-in page, which comes by itself, says so.
  if (error instanceof ApiProblem && error.status === 401) return
  const problem = asProblem(error)
  toast({ tone: 'danger', title: problem.title, text: [problem.detail, problem.hint].filter(Boolean).join(' ') })
}
