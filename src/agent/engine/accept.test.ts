import { describe, expect, it } from 'vitest'
import { aPayloadContainer, aPayloadTask } from '../../../test/builders/a-payload-task.ts'
import type { PayloadContainer, PayloadTask } from '../../agentlink/acs-messages.ts'
import { SeededIds } from '../../kit/ids.ts'
import { acceptTask } from './accept.ts'

const accept = (members: Partial<PayloadTask>) => acceptTask(aPayloadTask(members), 7, new SeededIds(1))

describe('accepting a task', () => {
  it('chooses the names of its containers and volumes once and for all', () => {
    const task = accept({
      family: 'web',
      version: '3',
      containers: [aPayloadContainer({ name: 'my_app.1' })],
      volumes: [
        { name: 'scratch', host: {} },
        { name: 'etc', host: { sourcePath: '/etc' } },
        { name: 'data', type: 'docker', dockerVolumeConfiguration: { scope: 'shared' } },
      ],
    })
    expect(task.containers[0]?.dockerName).toMatch(/^ecs-web-3-myapp1-[0-9a-f]{20}$/)
    expect(task.volumes.map(({ scope, source }) => [scope, source])).toEqual([
      ['task', expect.stringMatching(/^ecs-web-3-scratch-[0-9a-f]{20}$/)],
      ['host', '/etc'],
      ['shared', 'data'],
    ])
  })

  it('keeps credentials out of what is written down', () => {
    const credentials = {
      credentialsId: 'id',
      roleArn: 'role',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: '2026-01-01T00:00:00Z',
    }
    const task = accept({ roleCredentials: credentials })
    expect(task.credentialsId).toBe('id')
    expect(JSON.stringify(task)).not.toContain('secret')
  })

  it('is content with the members that a container must have', () => {
    const bare = { name: 'app', image: 'busybox' } as PayloadContainer
    expect(accept({ containers: [bare] }).containers[0]?.definition).toMatchObject({
      cpu: 0,
      memory: 0,
      dockerConfig: {},
    })
  })

  it('refuses what it cannot mean', () => {
    expect(() => accept({ arn: 'nothing' })).toThrow('invalid task ARN: nothing')
    expect(() => accept({ containers: [] })).toThrow('the task has no containers')
    expect(() => accept({ volumes: [{ name: 'v', type: 'efs' }] })).toThrow('unrecognized volume type: efs')
    expect(() => accept({ volumes: [{ name: 'v' }] })).toThrow('volume v of type host has no host object')
    expect(() => accept({ desiredStatus: 'DONE' as 'RUNNING' })).toThrow('unrecognized desired status: DONE')
  })
})
