/**
 * `GET /health`: whether the state can be written, and how busy and successful the controllers are. Nobody has to prove who they are to
 * hear it, so it names none of what the controllers look after; their failures, and of what, are in the log.
 */
import type { RequestListener } from 'node:http'
import type { ControllerStatus } from '../controllers/loop.ts'

export interface HealthOptions {
  readonly store: { readonly failure: Error | undefined }
  readonly controllers: { status(): readonly ControllerStatus[] }
}

export const health =
  ({ store, controllers }: HealthOptions): RequestListener =>
  (_request, response) => {
    const isFailed = store.failure !== undefined
    const body = JSON.stringify({
      status: isFailed ? 'failed' : 'ok',
      failure: store.failure?.message,
      controllers: controllers.status().map(withoutNames),
    })
    response.writeHead(isFailed ? 503 : 200, { 'content-type': 'application/json' }).end(`${body}\n`)
  }

const withoutNames = ({ lastRun, ...counts }: ControllerStatus): object => {
  if (lastRun === undefined) return counts
  const { endedAt, durationMs, error } = lastRun
  return { ...counts, lastRun: { endedAt, durationMs, succeeded: error === undefined } }
}
