import { describe, expect, it } from 'vitest'
import { anEngineTask } from '../../../test/builders/an-engine-task.ts'
import { ControlApiError } from '../../agentlink/control-api-error.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import { EcrLogins } from './ecr-logins.ts'

const HOUR = 3_600_000
const PLACE = { registryId: '000000000000', region: 'us-east-1', useExecutionRole: true }

const aRole = (credentialsId: string, roleArn: string) => ({
  taskArn: 't',
  roleType: 'TaskExecution' as const,
  credentials: {
    credentialsId,
    roleArn,
    accessKeyId: credentialsId,
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: '2026-01-01T00:00:00Z',
  },
})

const theLogins = () => {
  const clock = new ManualClock()
  const asked: string[] = []
  const failures: ControlApiError[] = []
  const credentials = new CredentialsStore()
  for (const [id, role] of [
    ['1', 'web'],
    ['2', 'web'],
    ['3', 'api'],
  ] as const)
    credentials.put(aRole(id, role))
  const logins = new EcrLogins({
    credentials,
    clock,
    ids: new SeededIds(1),
    reader: {
      password: (_region, _registryId, caller) => {
        asked.push(caller?.accessKeyId ?? 'instance')
        const failure = failures.shift()
        const password = { username: 'AWS', password: `p${asked.length}`, expiresAt: clock.now() + 12 * HOUR }
        return failure === undefined ? Promise.resolve(password) : Promise.reject(failure)
      },
    },
  })
  const loginOf = (id: string | undefined, place = PLACE) =>
    logins.loginFor(anEngineTask({}, id === undefined ? {} : { executionCredentialsId: id }), place)
  return { clock, asked, failures, loginOf }
}

describe('passwords for this installation’s registry', () => {
  it('are asked for once for each role, and as the instance where the payload says so', async () => {
    const { asked, loginOf } = theLogins()
    await Promise.all(['1', '2', '3'].map((id) => loginOf(id).credentials()))
    await loginOf(undefined, { ...PLACE, useExecutionRole: false }).credentials()
    expect(asked).toEqual(['1', '3', 'instance'])
    expect(loginOf('1').key).toBe(loginOf('2').key)
    expect(loginOf('1').key).not.toBe(loginOf('3').key)
  })

  it('are renewed well before they end', async () => {
    const { clock, asked, loginOf } = theLogins()
    await loginOf('1').credentials()
    await clock.advance(6 * HOUR)
    await loginOf('1').credentials()
    expect(asked).toHaveLength(1)
    await clock.advance(5 * HOUR)
    expect(await loginOf('1').credentials()).toEqual({ username: 'AWS', password: 'p2' })
  })

  it('that the registry refuses are dropped, and worth another try only if they had been good before', async () => {
    const { asked, loginOf } = theLogins()
    const login = loginOf('1')
    await login.credentials()
    expect(login.refused()).toBe(false)
    await login.credentials()
    await login.credentials()
    expect(login.refused()).toBe(true)
    await login.credentials()
    expect(asked).toHaveLength(3)
  })

  it('that are refused are told in the service’s words, and asked for again by the next', async () => {
    const { failures, asked, loginOf } = theLogins()
    failures.push(
      new ControlApiError({ type: 'AccessDeniedException', message: 'User: u is not authorized', status: 400 }),
    )
    await expect(loginOf('1').credentials()).rejects.toMatchObject({
      kind: 'denied',
      message: 'AccessDeniedException: User: u is not authorized',
    })
    await loginOf('1').credentials()
    expect(asked).toHaveLength(2)
  })

  it('wait for the credentials of the role, which come with the connection', async () => {
    await expect(theLogins().loginOf('9').credentials()).rejects.toMatchObject({ kind: 'refused' })
  })
})
