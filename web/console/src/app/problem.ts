// From anything that was thrown to the words that `ErrorState` shows.
import { ApiProblem } from '@smartsecurity/client'
import { toast, type Problem } from '@smartsecurity/ui'
import { i18n } from './i18n'

export function asProblem(error: unknown): Problem {
  const { t } = i18n.global
  if (error instanceof ApiProblem) {
    if (error.unreachable) return { title: t('problem.unreachable.title'), detail: t('problem.unreachable.detail'), kept: t('problem.unreachable.kept'), hint: t('problem.unreachable.hint') }
    return { title: error.title, detail: error.detail, hint: error.hint, code: error.code, requestId: error.requestId, errors: error.errors }
  }
  return { title: t('problem.unexpected.title'), detail: error instanceof Error ? error.message : String(error), hint: t('problem.unexpected.hint') }
}

/** For an action in passing, whose failure has no place of its own on the screen. */
export function toastProblem(error: unknown): void {
  const problem = asProblem(error)
  toast({ tone: 'danger', title: problem.title, text: [problem.detail, problem.hint].filter(Boolean).join(' ') })
}
