import { expect, it } from 'vitest'
import { anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import { bufferOf, logConfigOf } from './log-settings.ts'

it.each([
  [{ mode: 'non-blocking' }, 10 * 1024 * 1024],
  [{ mode: 'non-blocking', 'max-buffer-size': '4096' }, 4096],
  [{ mode: 'non-blocking', 'max-buffer-size': '64b' }, 64],
  [{ mode: 'non-blocking', 'max-buffer-size': '25m' }, 25 * 1024 * 1024],
  [{ mode: 'non-blocking', 'max-buffer-size': '1.5 GiB' }, 1.5 * 1024 ** 3],
])('the buffer of %j has %i bytes', (options, bytes) =>
  expect(bufferOf(options as Record<string, string>)).toEqual({ bytes, isWaitedFor: false }),
)

it.each([{}, { mode: 'blocking', 'max-buffer-size': '1m' }])('%j waits for room', (options) =>
  expect(bufferOf(options as Record<string, string>)).toEqual({ bytes: 16 * 1024 * 1024, isWaitedFor: true }),
)

it('is found in the payload of a container', () => {
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awslogs', Config: { mode: 'blocking' } } })
  const container = anEngineContainer({ dockerConfig: { hostConfig } })
  expect(logConfigOf(container)).toEqual({ type: 'awslogs', options: { mode: 'blocking' } })
  expect(logConfigOf(anEngineContainer())).toBeUndefined()
  expect(logConfigOf(anEngineContainer({ dockerConfig: { hostConfig: '{}' } }))).toBeUndefined()
})
