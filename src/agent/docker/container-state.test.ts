import { describe, expect, it } from 'vitest'
import { containerStateOf } from './container-state.ts'
import type { InspectAnswer } from './engine-types.ts'

const NEVER = '0001-01-01T00:00:00Z'
const AT = '2026-01-01T00:00:00.123456789Z'

const anInspect = (state: Partial<InspectAnswer['State']> = {}, rest: Partial<InspectAnswer> = {}): InspectAnswer => ({
  Id: 'abc',
  Name: '/ecs-web-1-web-0123',
  Created: AT,
  Image: 'sha256:1',
  State: { Status: 'created', OOMKilled: false, ExitCode: 0, Error: '', StartedAt: NEVER, FinishedAt: NEVER, ...state },
  Config: { Image: 'web:1', Labels: null },
  NetworkSettings: { Ports: null, Networks: null },
  Mounts: null,
  ...rest,
})

describe('the state of a container', () => {
  it('has no exit code and no times before it ran', () => {
    const state = containerStateOf(anInspect({ ExitCode: 127, Error: 'no such file' }))
    expect(state).toMatchObject({ name: 'ecs-web-1-web-0123', status: 'created', error: 'no such file', createdAt: AT })
    expect(state).not.toHaveProperty('exitCode')
    expect(state).not.toHaveProperty('startedAt')
    expect(state).not.toHaveProperty('finishedAt')
  })

  it('has no exit code while it runs again after an exit', () => {
    expect(containerStateOf(anInspect({ Status: 'running', StartedAt: AT, FinishedAt: AT }))).not.toHaveProperty(
      'exitCode',
    )
  })

  it('has its exit code when it has finished', () => {
    const finished = anInspect({ Status: 'exited', ExitCode: 3, StartedAt: AT, FinishedAt: AT })
    expect(containerStateOf(finished)).toMatchObject({ status: 'exited', exitCode: 3, finishedAt: AT })
  })

  it('tells every binding, with the addresses it is bound to', () => {
    const Ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '40000' },
        { HostIp: '::', HostPort: '40000' },
      ],
      '81/udp': null,
    }
    expect(containerStateOf(anInspect({}, { NetworkSettings: { Ports, Networks: null } })).ports).toEqual([
      { containerPort: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 40_000 },
      { containerPort: 80, protocol: 'tcp', hostIp: '::', hostPort: 40_000 },
    ])
  })

  it('tells the last health check, its output cut', () => {
    const Log = [
      { Start: AT, End: AT, ExitCode: 0, Output: 'fine' },
      { Start: AT, End: '2026-01-01T00:01:00Z', ExitCode: 1, Output: 'x'.repeat(2000) },
    ]
    expect(containerStateOf(anInspect({ Health: { Status: 'unhealthy', Log } })).health).toEqual({
      status: 'unhealthy',
      output: 'x'.repeat(1024),
      exitCode: 1,
      since: '2026-01-01T00:01:00Z',
    })
  })
})
