import { describe, expect, it } from 'vitest'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import type { PayloadContainer } from '../../agentlink/acs-messages.ts'
import { deliveredLogConfig } from './container-settings.ts'

const RELAY = { logOptions: () => ({ 'awslogs-endpoint': 'relay', 'awslogs-credentials-endpoint': 'key' }) }
const GROUP = { 'awslogs-group': 'g', 'awslogs-region': 'r' }

/** Of a container with this log configuration, in a task with an execution role. */
const delivered = (Type: string, Config: object, definition: Partial<PayloadContainer> = {}, relay?: typeof RELAY) => {
  const task = anEngineTask({}, { executionCredentialsId: 'role' })
  const logConfig = deliveredLogConfig(task, anEngineContainer(definition), { Type, Config }, relay)
  return (logConfig['LogConfig'] as { readonly Config: unknown } | undefined)?.Config
}

describe('awslogs', () => {
  it.each([
    ['blocking', { mode: 'blocking' }],
    ['non-blocking', { mode: 'non-blocking', 'max-buffer-size': '25m' }],
  ])('is led to the relay, which has the buffer of mode %s', (_mode, delivery) => {
    expect(delivered('awslogs', { ...GROUP, ...delivery }, {}, RELAY)).toEqual({ ...GROUP, ...RELAY.logOptions() })
  })

  it('cannot be had without a relay', () => {
    expect(() => delivered('awslogs', GROUP)).toThrow('log driver awslogs is not available')
  })

  it('is Docker alone where the definition names an endpoint, with the credentials of the execution role', () => {
    const options = { ...GROUP, 'awslogs-endpoint': 'http://elsewhere', mode: 'non-blocking' }
    const withRole = { ...options, 'awslogs-credentials-endpoint': '/v2/credentials/role', 'max-buffer-size': '10m' }
    expect(delivered('awslogs', options, { logsAuthStrategy: 'ExecutionRole' })).toEqual(withRole)
    expect(delivered('awslogs', options)).toEqual({ ...options, 'max-buffer-size': '10m' })
  })
})

it.each([
  [{ mode: 'non-blocking' }, { mode: 'non-blocking', 'max-buffer-size': '10m' }],
  [
    { mode: 'non-blocking', 'max-buffer-size': '1m' },
    { mode: 'non-blocking', 'max-buffer-size': '1m' },
  ],
  [{ mode: 'blocking' }, { mode: 'blocking' }],
])('other drivers have %j as Docker does: %j', (options, expected) =>
  expect(delivered('syslog', options, {}, RELAY)).toEqual(expected),
)

it('a container without a log configuration is left to Docker', () => {
  expect(deliveredLogConfig(anEngineTask(), anEngineContainer(), undefined, RELAY)).toEqual({})
})
