/** The audit trail through CloudTrail's official client and `longshore audit`: of a server that verifies signatures. */
import {
  CloudTrailClient,
  type Event,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail'
import {
  CreateClusterCommand,
  ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src/model/audit-event.ts'
import { aPlace, type Place, run } from '../e2e/command/run.ts'

let place: Place
let settings: { endpoint: string; region: string; maxAttempts: number; credentials: Credentials }
let trail: CloudTrailClient
let secret = ''

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

beforeAll(async () => {
  place = aPlace()
  const { status, said } = run(['up', '--detach', '--port', '0', '--no-agent'], place)
  if (status !== 0) throw new Error(said)
  const lines = run(['env'], place).stdout.trim().split('\n')
  const variables = Object.fromEntries(lines.map((line) => line.replace('export ', '').split('=') as [string, string]))
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = variables
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  settings = { endpoint, region: 'us-east-1', maxAttempts: 1, credentials }
  trail = new CloudTrailClient(settings)
  await doSomething()
})
afterAll(() => {
  trail.destroy()
  place.end()
  place.remove()
})

const doSomething = async (): Promise<void> => {
  const [ecs, iam] = [new ECSClient(settings), new IAMClient(settings)]
  await ecs.send(new CreateClusterCommand({ clusterName: 'audited' }))
  const containerDefinitions = [{ name: 'app', image: 'any', memory: 16 }]
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'audited', containerDefinitions }))
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  secret = AccessKey?.SecretAccessKey ?? ''
  const ada = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: secret }
  const [byAda, byNobody] = [ada, { ...ada, secretAccessKey: 'guessed' }].map(
    (credentials) => new ECSClient({ ...settings, credentials }),
  )
  await byAda?.send(new ListClustersCommand({})).catch(() => {})
  await byNobody?.send(new ListClustersCommand({})).catch(() => {})
  for (const client of [ecs, iam, byAda, byNobody]) client?.destroy()
}

const lookUp = async (input: LookupEventsCommandInput = {}): Promise<Event[]> => {
  const { Events = [] } = await trail.send(new LookupEventsCommand(input))
  return Events
}

const by = (AttributeKey: 'EventName' | 'Username' | 'ReadOnly', AttributeValue: string): Promise<Event[]> =>
  lookUp({ LookupAttributes: [{ AttributeKey, AttributeValue }] })

const contentOf = (event: Event | undefined): AuditEvent => JSON.parse(event?.CloudTrailEvent ?? '{}') as AuditEvent

describe('a call', () => {
  it('is on record with who, what, from where and which request', async () => {
    const [event] = await by('EventName', 'CreateCluster')
    expect(event).toMatchObject({
      EventName: 'CreateCluster',
      EventSource: 'ecs.amazonaws.com',
      Username: 'root',
      ReadOnly: 'false',
    })
    expect(contentOf(event)).toMatchObject({
      userIdentity: { type: 'Root', accessKeyId: settings.credentials.accessKeyId },
      sourceIPAddress: '127.0.0.1',
      requestParameters: { clusterName: 'audited' },
      responseElements: { cluster: { clusterName: 'audited', status: 'ACTIVE' } },
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
  })

  it('is on record too if it was denied, and if its signature was wrong', async () => {
    const calls = (await by('EventName', 'ListClusters')).map(contentOf)
    expect(calls.find(({ userIdentity }) => userIdentity.type === 'IAMUser')).toMatchObject({
      userIdentity: { userName: 'ada' },
    })
    expect(calls.find(({ userIdentity }) => userIdentity.type === 'Unknown')).toMatchObject({
      errorCode: 'InvalidSignatureException',
      requestParameters: null,
    })
  })

  it('leaves no secret behind', async () => {
    const event = contentOf((await by('EventName', 'CreateAccessKey'))[0])
    expect(event.responseElements).toMatchObject({
      accessKey: { userName: 'ada', secretAccessKey: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    })
    expect(JSON.stringify(await lookUp())).not.toContain(secret)
  })
})

describe('LookupEvents', () => {
  it('gives pages, the latest first', async () => {
    const pages: string[] = []
    let token: string | undefined
    do {
      const page = await trail.send(new LookupEventsCommand({ MaxResults: 2, NextToken: token, EndTime: new Date() }))
      pages.push(...(page.Events ?? []).map(({ EventName = '' }) => EventName))
      token = page.NextToken
    } while (token !== undefined && pages.length < 200)
    expect(pages.filter((name) => name !== 'LookupEvents')).toEqual([
      'ListClusters',
      'ListClusters',
      'CreateAccessKey',
      'CreateUser',
      'RegisterTaskDefinition',
      'CreateCluster',
    ])
  })

  it('finds by user and by kind', async () => {
    expect((await by('Username', 'ada')).map(({ EventName }) => EventName)).toEqual(['ListClusters'])
    expect((await by('ReadOnly', 'false')).map(({ EventName }) => EventName)).not.toContain('ListClusters')
  })

  it.each([
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ NextToken: 'forged' }, 'InvalidNextTokenException'],
    [{ StartTime: new Date(2), EndTime: new Date(1) }, 'InvalidTimeRangeException'],
    [
      { LookupAttributes: [{ AttributeKey: 'ResourceType' as const, AttributeValue: 'x' }] },
      'InvalidLookupAttributesException',
    ],
  ])('refuses %j', async (input, name) => {
    await expect(lookUp(input)).rejects.toMatchObject({ name })
  })
})

describe('longshore audit', () => {
  it('shows a table, and JSON lines for scripts', () => {
    const { stdout } = run(['audit', '--limit', '40'], place)
    expect(stdout).toMatch(/^TIME +WHO +FROM +SERVICE +CALL +RESULT\n/)
    expect(stdout).toMatch(/root +127\.0\.0\.1 +ecs +CreateCluster +ok\n/)
    const lines = run(['audit', '--event', 'CreateUser', '--since', '1h', '--json'], place).stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as AuditEvent).eventName)).toEqual(['CreateUser'])
  })

  it('shows what failed', () => {
    const { stdout } = run(['audit', '--denied'], place)
    expect(stdout).toMatch(/unknown \(AKIA\w+\) +127\.0\.0\.1 +ecs +ListClusters +InvalidSignatureException/)
    expect(stdout).not.toMatch(/ ok$/m)
  })

  it('says what it does not understand', () => {
    expect(run(['audit', '--since', 'yesterday'], place).said).toContain('it must look like 30m, 12h or 7d')
  })
})
