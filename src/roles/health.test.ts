import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { health } from './health.ts'

const lastRun = { key: 'arn:aws:ecs:us-east-1:000000000000:service/secret/plan', endedAt: 1, durationMs: 2 }
const controller = { name: 'placement', queued: 1, succeeded: 2, failed: 3 }

const ask = (failure?: Error) => {
  const said = { status: 0, body: '' }
  const response = {
    writeHead: (status: number) => Object.assign(said, { status }) && response,
    end: (body: string) => Object.assign(said, { body }),
  }
  const controllers = { status: () => [controller, { ...controller, lastRun: { ...lastRun, error: 'plan failed' } }] }
  health({ store: { failure }, controllers })({} as IncomingMessage, response as unknown as ServerResponse)
  return { status: said.status, body: JSON.parse(said.body) as object }
}

it('tells everyone how it goes, and no one what is looked after', () => {
  const run = { endedAt: 1, durationMs: 2, succeeded: false }
  expect(ask()).toEqual({
    status: 200,
    body: { status: 'ok', controllers: [controller, { ...controller, lastRun: run }] },
  })
  expect(JSON.stringify(ask())).not.toContain('plan')
})

it('says that the state cannot be written', () => {
  expect(ask(new Error('disk full'))).toMatchObject({ status: 503, body: { status: 'failed', failure: 'disk full' } })
})
