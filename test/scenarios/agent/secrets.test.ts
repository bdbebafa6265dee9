/** Secrets of containers through the whole agent: fetched with the execution role, given to the containers, and nowhere else. */
import { describe, expect, it } from 'vitest'
import type { PayloadContainer, PayloadSecret, PayloadTask } from '../../../src/agentlink/acs-messages.ts'
import { ControlApiError } from '../../../src/agentlink/control-api-error.ts'
import { LineLog } from '../../../src/kit/log.ts'
import { ManualClock } from '../../../src/kit/clock.ts'
import { aPayloadContainer, aPayloadTask, aTaskArn } from '../../builders/a-payload-task.ts'
import type { FakeCall } from '../../fakes/fake-runtime.ts'
import { type AgentWorld, agentWorld } from './agent-world.ts'

const ARN = aTaskArn('0123')
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf'
const PREFIX =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:'

const executionRoleCredentials = {
  credentialsId: 'execution-1',
  roleArn: 'arn:aws:iam::000000000000:role/execution',
  accessKeyId: 'ASIAEXECUTION',
  secretAccessKey: 'execution secret key',
  sessionToken: 'execution session token',
  expiration: '2026-01-01T06:00:00Z',
}

const aSecret = (valueFrom: string, given: Partial<PayloadSecret> = {}): PayloadSecret => ({
  name: 'SECRET',
  valueFrom,
  region: 'us-east-1',
  provider: valueFrom.includes(':secretsmanager:') ? 'asm' : 'ssm',
  type: 'ENVIRONMENT_VARIABLE',
  target: 'CONTAINER',
  ...given,
})

const withSecrets = (secrets: readonly PayloadSecret[], given: Partial<PayloadContainer> = {}): PayloadContainer =>
  aPayloadContainer({ environment: { PLAIN: '1' }, secrets, ...given })

const aSecretiveTask = (containers: readonly PayloadContainer[], given: Partial<PayloadTask> = {}): PayloadTask =>
  aPayloadTask({ containers, executionRoleCredentials, ...given })

const bodyOf = (world: AgentWorld, name = 'app') => world.runtime.bodies.get(world.container(ARN, name).dockerName)
const environmentOf = (world: AgentWorld, name?: string) => bodyOf(world, name)?.['Env']
const stopped = (world: AgentWorld) => world.control.reports.at(-1)

describe('a secret', () => {
  it.each([
    ['/db/password', { SECRET: 'hunter2' }],
    ['password', { SECRET: 'hunter2' }],
    ['/db/password:3', { SECRET: 'third' }],
    ['/db/password:live', { SECRET: 'labelled' }],
    [SECRET, { SECRET: '{"user":"ada","pin":42,"tags":["a"]}' }],
    [`${SECRET}:user::`, { SECRET: 'ada' }],
    [`${SECRET}:pin::`, { SECRET: '42' }],
    [`${SECRET}:tags::`, { SECRET: '["a"]' }],
    [`${SECRET}::AWSPREVIOUS:`, { SECRET: 'before' }],
    [`${SECRET}:::v1`, { SECRET: 'first' }],
    [`${SECRET}:user:AWSPREVIOUS:v1`, { SECRET: 'once' }],
  ])('from %s is in the environment', async (valueFrom, variables) => {
    const world = await agentWorld()
    const { parameterValues, secretValues } = world.control.secrets
    parameterValues.set('/db/password', 'hunter2').set('password', 'hunter2')
    parameterValues.set('/db/password:3', 'third').set('/db/password:live', 'labelled')
    secretValues.set(SECRET, '{"user":"ada","pin":42,"tags":["a"]}').set(`${SECRET} AWSPREVIOUS`, 'before')
    secretValues.set(`${SECRET} v1`, 'first').set(`${SECRET} AWSPREVIOUS v1`, '{"user":"once"}')
    await world.send(aSecretiveTask([withSecrets([aSecret(valueFrom)])]))
    expect(environmentOf(world)).toEqual(['PLAIN=1', `SECRET=${variables.SECRET}`])
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('is read with the credentials of the execution role, in the region that it is in', async () => {
    const world = await agentWorld()
    world.control.secrets.parameterValues.set('/a', '1')
    await world.send(aSecretiveTask([withSecrets([aSecret('/a', { region: 'eu-west-1' })])]))
    const { accessKeyId, secretAccessKey, sessionToken } = executionRoleCredentials
    expect(world.control.secrets.calls).toMatchObject([
      { caller: { region: 'eu-west-1', credentials: { accessKeyId, secretAccessKey, sessionToken } }, asked: ['/a'] },
    ])
  })

  it('is an option of the log driver', async () => {
    const world = await agentWorld()
    world.control.secrets.parameterValues.set('/token', 'hunter2')
    const option = aSecret('/token', { name: 'splunk-token', type: 'BOOTSTRAP', target: 'LOG_DRIVER' })
    await world.send(aSecretiveTask([withSecrets([option])]))
    expect(environmentOf(world)).toEqual(['PLAIN=1'])
    expect(bodyOf(world)?.['HostConfig']).toMatchObject({ LogConfig: { Config: { 'splunk-token': 'hunter2' } } })
  })

  it('that several containers ask for is fetched once, and parameters ten at a time', async () => {
    const world = await agentWorld()
    const { parameterValues, secretValues, calls } = world.control.secrets
    secretValues.set(SECRET, '{"a":"1","b":"2"}')
    const parameters = Array.from({ length: 12 }, (_, index) => `/p${index}`)
    for (const name of parameters) parameterValues.set(name, name)
    const secrets = parameters.map((name, index) => aSecret(name, { name: `P${index}` }))
    await world.send(
      aSecretiveTask([
        withSecrets([...secrets, aSecret(`${SECRET}:a::`, { name: 'A' })]),
        withSecrets([...secrets, aSecret(`${SECRET}:b::`, { name: 'B' })], { name: 'other' }),
        aPayloadContainer({ name: 'third' }),
      ]),
    )
    expect(calls.map(({ asked }) => (Array.isArray(asked) ? asked.length : 'secret'))).toEqual([10, 2, 'secret'])
    expect(environmentOf(world)).toContain('A=1')
    expect(environmentOf(world, 'other')).toEqual(expect.arrayContaining(['B=2', 'P11=/p11']))
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('holds the credentials for the registry', async () => {
    const world = await agentWorld()
    world.control.secrets.secretValues.set(SECRET, '{"username":"ada","password":"hunter2"}')
    const registryAuthentication = {
      type: 'asm',
      asmAuthData: { credentialsParameter: SECRET, region: 'us-east-1' },
    } as const
    await world.send(aSecretiveTask([aPayloadContainer({ registryAuthentication })]))
    expect(world.registryCredentials).toEqual([{ username: 'ada', password: 'hunter2' }])
    expect(bodyOf(world)).toBeDefined()
    expect(JSON.stringify(bodyOf(world))).not.toContain('hunter2')
  })

  it('is waited for before anything is pulled', async () => {
    const world = await agentWorld()
    let go = (): void => {}
    world.control.secrets.held = new Promise((resolve) => (go = resolve))
    world.control.secrets.parameterValues.set('/a', '1')
    await world.send(aSecretiveTask([withSecrets([aSecret('/a')])]))
    expect(world.registryCredentials).toEqual([])
    go()
    await world.rest()
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })
})

describe('a task whose secrets cannot be had', () => {
  const denied = new ControlApiError({
    type: 'AccessDeniedException',
    message: 'User: x is not authorized',
    status: 400,
  })

  it.each([
    [
      [aSecret('/a'), aSecret('/b')],
      undefined,
      'Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: /a,/b',
    ],
    [
      [aSecret('/a')],
      denied,
      'Fetching secret data from SSM Parameter Store in us-east-1: AccessDeniedException: User: x is not authorized',
    ],
    [
      [aSecret(`${SECRET}x`)],
      undefined,
      `ResourceInitializationError: The task can't retrieve the secret with ARN '${SECRET}x' from AWS Secrets Manager. ` +
        "Check that the secret ARN is correct: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ],
    [
      [aSecret(SECRET)],
      denied,
      `Fetching secret data from AWS Secrets Manager in region us-east-1: secret ${SECRET}: AccessDeniedException: User: x is not authorized`,
    ],
    [
      [aSecret(`${SECRET}:nothing::`)],
      undefined,
      `Fetching secret data from AWS Secrets Manager in region us-east-1: secret ${SECRET}: ` +
        'retrieved secret from Secrets Manager did not contain json key nothing',
    ],
    [
      [aSecret(`${SECRET}::AWSPREVIOUS:`)],
      undefined,
      `ResourceInitializationError: The task can't retrieve the secret with ARN '${SECRET}' from AWS Secrets Manager. ` +
        "Check that the secret ARN is correct: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ],
    [
      [aSecret(`${SECRET}:user`)],
      undefined,
      `Fetching secret data from AWS Secrets Manager in region us-east-1: secret ${SECRET}:user: ` +
        'an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.',
    ],
  ])('on an instance stops, case %#', async (secrets, failure, reason) => {
    const world = await agentWorld()
    world.control.secrets.failure = failure
    world.control.secrets.secretValues.set(SECRET, '{"user":"hunter2"}')
    await world.send(aSecretiveTask([withSecrets(secrets), aPayloadContainer({ name: 'b', essential: false })]))
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(stopped(world)?.reason).toBe(reason)
    expect(bodyOf(world)).toBeUndefined()
    expect(world.runtime.deeds.filter((deed) => deed.startsWith('start'))).toEqual([])
  })

  it.each([
    [
      [aSecret('/a')],
      undefined,
      'unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /a',
    ],
    [
      [aSecret(SECRET)],
      denied,
      `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ` +
        'AccessDeniedException: User: x is not authorized',
    ],
    [
      [aSecret(`${SECRET}:nothing::`)],
      undefined,
      'unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key nothing',
    ],
  ])("on Fargate stops with Fargate's words, case %#", async (secrets, failure, reason) => {
    const world = await agentWorld()
    world.control.secrets.failure = failure
    world.control.secrets.secretValues.set(SECRET, '{}')
    await world.send(aSecretiveTask([withSecrets(secrets)], { launchType: 'FARGATE' }))
    expect(stopped(world)?.reason).toBe(`${PREFIX} ${reason}`)
  })

  it('stops if a secret of a registry has another form, which is not told', async () => {
    const world = await agentWorld()
    world.control.secrets.secretValues.set(SECRET, 'hunter2')
    const asmAuthData = { credentialsParameter: SECRET, region: 'us-east-1' }
    await world.send(aSecretiveTask([aPayloadContainer({ registryAuthentication: { type: 'asm', asmAuthData } })]))
    expect(stopped(world)?.reason).toBe(
      `Fetching registry credentials from AWS Secrets Manager in region us-east-1: secret ${SECRET}: ` +
        'unable to unmarshal secret value, invalid schema',
    )
  })

  it('stops if it has no execution role', async () => {
    const world = await agentWorld()
    await world.send(aPayloadTask({ containers: [withSecrets([aSecret('/a')])] }))
    expect(stopped(world)?.reason).toContain('unable to find execution role credentials')
    expect(world.control.secrets.calls).toEqual([])
  })
})

describe('after a restart of the agent', () => {
  /** As the control plane does when an agent that was started anew has connected. */
  const sendCredentials = (world: AgentWorld): void =>
    world.control.send({
      type: 'IAMRoleCredentialsMessage',
      message: {
        messageId: 'm',
        taskArn: ARN,
        taskClusterArn: '',
        roleType: 'TaskExecution',
        roleCredentials: executionRoleCredentials,
      },
    })

  /** The agent was killed just before the call. */
  const killedAt = async (doomed: FakeCall, secret: PayloadSecret): Promise<AgentWorld> => {
    const world = await agentWorld()
    world.control.secrets.parameterValues.set('/a', 'hunter2')
    world.runtime.onCall = (call) => {
      if (call !== doomed) return
      world.kill()
      throw new Error('killed')
    }
    await world.send(aSecretiveTask([withSecrets([secret])]))
    world.runtime.onCall = () => {}
    return world
  }

  it('what was not created yet waits for credentials, and has its secrets fetched again', async () => {
    const world = await killedAt('create', aSecret('/a'))
    await world.restart()
    await world.advance(60_000)
    expect(world.container(ARN).dockerId).toBeUndefined()
    expect(world.control.secrets.calls).toHaveLength(1)

    sendCredentials(world)
    await world.rest()
    expect(world.control.secrets.calls).toHaveLength(2)
    expect(environmentOf(world)).toContain('SECRET=hunter2')
    expect(world.control.statusesOf(ARN)).toEqual(['RUNNING'])
  })

  it('a container has its secrets and is started once, whenever the agent was killed', async () => {
    let isKilled = true
    for (let boundary = 1; isKilled; boundary++) {
      const world = await agentWorld({ seed: boundary })
      world.control.secrets.parameterValues.set('/a', 'hunter2')
      let calls = 0
      isKilled = false
      world.runtime.onCall = (_call, when) => {
        if (++calls !== boundary) return
        isKilled = true
        world.kill()
        if (when === 'before') throw new Error('killed')
      }
      const task = aSecretiveTask([withSecrets([aSecret('/a')])])
      await world.send(task)
      world.runtime.onCall = () => {}
      await world.restart()
      sendCredentials(world)
      await world.send(task)
      await world.advance(60_000)
      expect({ boundary, environment: environmentOf(world) }).toEqual({
        boundary,
        environment: ['PLAIN=1', 'SECRET=hunter2'],
      })
      expect(world.runtime.startsOf(world.container(ARN).dockerName)).toBe(1)
    }
  })

  it('what was created and cannot start does not tell why, as that may repeat an option that is secret', async () => {
    const world = await killedAt('start', aSecret('/a', { target: 'LOG_DRIVER' }))
    world.runtime.failNext('start', 'refused', 'invalid value hunter2')
    await world.restart()
    await world.advance(60_000)
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    expect(world.control.entriesOf(ARN, 'app')[0]?.reason).toContain('withheld')
    expect(JSON.stringify(world.control.reports)).not.toContain('hunter2')
  })

  it('what runs is left alone', async () => {
    const world = await agentWorld()
    world.control.secrets.parameterValues.set('/a', 'hunter2')
    await world.send(aSecretiveTask([withSecrets([aSecret('/a')])]))
    await world.restart()
    await world.advance(60_000)
    expect(world.control.secrets.calls).toHaveLength(1)
    expect(world.runtime.startsOf(world.container(ARN).dockerName)).toBe(1)
  })

  it('what was stopped before its secrets came is over', async () => {
    const world = await agentWorld()
    let go = (): void => {}
    world.control.secrets.held = new Promise((resolve) => (go = resolve))
    world.control.secrets.parameterValues.set('/a', 'hunter2')
    await world.send(aSecretiveTask([withSecrets([aSecret('/a')])]))
    await world.stop(ARN)
    expect(world.control.statusesOf(ARN)).toEqual(['STOPPED'])
    go()
    await world.rest()
    expect(await world.runtime.containers()).toEqual([])
    expect(stopped(world)?.reason ?? '').not.toContain('secret')
  })
})

describe('the value of a secret', () => {
  const VALUE = 'hunter2 "with quotes"'

  it('is in no checkpoint, no log, no report and no label', async () => {
    const lines: string[] = []
    const log = new LineLog({
      clock: new ManualClock(),
      level: 'debug',
      format: 'json',
      write: (line) => void lines.push(line),
    })
    const world = await agentWorld({ log })
    world.control.secrets.parameterValues.set('/a', VALUE)
    const option = aSecret('/a', { name: 'token', target: 'LOG_DRIVER' })
    await world.send(aSecretiveTask([withSecrets([aSecret('/a'), option])]))
    await world.stop(ARN)
    const { reports, acs, telemetry } = world.control
    const kept = JSON.stringify([world.checkpoint.load(), [...world.agent.tasks()], reports, acs, telemetry, lines])
    expect(environmentOf(world)).toContain(`SECRET=${VALUE}`)
    expect(JSON.stringify(bodyOf(world)?.Labels)).not.toContain('hunter2')
    expect(kept).not.toContain('hunter2')
    expect(kept).not.toContain('execution secret key')
    expect(kept).not.toContain('execution session token')
  })

  it.each(['create', 'start'] as const)('is not in what the engine says when it cannot %s', async (call) => {
    const world = await agentWorld()
    world.control.secrets.parameterValues.set('/a', VALUE)
    const quoted = VALUE.replaceAll('"', String.raw`\x22`)
    world.runtime.failNext(call, 'refused', `invalid value ${JSON.stringify(VALUE)}, ${quoted}, that is ${VALUE}`)
    await world.send(aSecretiveTask([withSecrets([aSecret('/a', { target: 'LOG_DRIVER' })])]))
    const [entry] = world.control.entriesOf(ARN, 'app')
    expect(entry?.reason).toMatch(/^Cannot(Create|Start)ContainerError: .*invalid value .* that is \*\*\*$/)
    expect(entry?.reason).not.toMatch(/hunter2|with quotes/)
  })
})
