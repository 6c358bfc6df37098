import type { Phrase, ProblemDocument } from './types'

/** A refusal or failure as the server explains it (RFC 9457), or as we have to explain a server that cannot be reached. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly detailPhrase: Phrase | undefined
  readonly hint: string | undefined
  readonly hintPhrase: Phrase | undefined
  readonly errors: { field: string; message: string; message_phrase?: Phrase | null }[]
  readonly retryAfter: number | undefined
  readonly requestId: string | undefined

  constructor(status: number, document: ProblemDocument, headers?: Headers) {
    super(document.detail ?? document.title ?? `HTTP ${status}`)
    this.name = 'ApiProblem'
    this.status = status
    this.code = document.code ?? (status === 0 ? 'unreachable' : `http_${status}`)
    this.title = document.title ?? `HTTP ${status}`
    this.detail = document.detail
    this.detailPhrase = document.detail_phrase ?? undefined
    this.hint = document.hint ?? undefined
    this.hintPhrase = document.hint_phrase ?? undefined
    this.errors = document.errors ?? []
    const seconds = Number(headers?.get('retry-after') ?? NaN)
    this.retryAfter = Number.isFinite(seconds) ? seconds : undefined
    this.requestId = headers?.get('x-request-id') ?? undefined
  }

  /** Nothing answered: the network is down, or the server is starting. */
  get unreachable(): boolean {
    return this.status === 0
  }

  static async from(response: Response): Promise<ApiProblem> {
    const document = (await response.json().catch(() => ({}))) as ProblemDocument
    return new ApiProblem(response.status, document, response.headers)
  }
}
