// From anything that was thrown to the words that `ErrorState` shows.
import { ApiProblem } from '@smartsecurity/client'
import { toast, type Problem } from '@smartsecurity/ui'
import { i18n } from './i18n'

export function asProblem(error: unknown): Problem {
  const { t } = i18n.global
  if (error instanceof ApiProblem) {
    if (error.unreachable) return { title: t('problem.unreachable.title'), detail: t('problem.unreachable.detail'), kept: t('problem.unreachable.kept'), hint: t('problem.unreachable.hint') }
    return { title: title(error), detail: detail(error), hint: hint(error), code: error.code, requestId: error.requestId, errors: error.errors }
  }
  return { title: t('problem.unexpected.title'), detail: error instanceof Error ? error.message : String(error), hint: t('problem.unexpected.hint') }
}

/** The server's titles are HTTP's own; ours say it in the reader's language, by code where we know it. */
function title(error: ApiProblem): string {
  const { t, te } = i18n.global
  return [`problem.code.${error.code}.title`, `problem.status.${error.status}`].filter((key) => te(key)).map((key) => t(key))[0] ?? error.title
}

/** The server's sentence has the facts and wins, unless the reader's language has its own for this code. */
function detail(error: ApiProblem): string | undefined {
  const { t, te, locale } = i18n.global
  const key = `problem.code.${error.code}.detail`
  const own = te(key) ? t(key) : ''
  return own && (locale.value !== 'en' || !error.detail) ? own : sentence(error.detail)
}

/** The server's hints are English; where we said it all in the reader's own language, one more would only be foreign. */
function hint(error: ApiProblem): string | undefined {
  const { t, te, locale } = i18n.global
  const key = `problem.code.${error.code}.detail`
  return locale.value !== 'en' && te(key) && t(key) ? undefined : sentence(error.hint)
}

/** The server's texts join into longer ones; alone they are a sentence. */
export function sentence(text: string | undefined): string | undefined {
  return text && text.charAt(0).toLocaleUpperCase() + text.slice(1) + (/[.!?…:]$/.test(text) ? '' : '.')
}

/** For an action in passing, whose failure has no place of its own on the screen. */
export function toastProblem(error: unknown): void {
  const problem = asProblem(error)
  toast({ tone: 'danger', title: problem.title, text: [problem.detail, problem.hint].filter(Boolean).join(' ') })
}
