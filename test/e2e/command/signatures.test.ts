/** Without `--dev`: who may call, what the others hear, and who may read the files. */
import { readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectedInstance } from '../longshore.ts'
import { aPlace, type Place, run } from './run.ts'

/** Debian's; an `aws` earlier in the path may be another. */
const AWS = '/usr/bin/aws'

let place: Place
let variables: Record<string, string>
beforeAll(() => {
  place = aPlace()
  // Variables of the user's own, for another AWS, are no concern of the agent's.
  const env = { ...place.env, AWS_SESSION_TOKEN: 'of-another-aws', AWS_REGION: 'eu-west-3', AWS_PROFILE: 'work' }
  const { status, said } = run(['up', '--detach', '--port', '0', '--account', '123456789012'], { env })
  if (status !== 0) throw new Error(said)
  const lines = run(['env'], place).stdout.trim().split('\n')
  variables = Object.fromEntries(lines.map((line) => line.replace('export ', '').split('=') as [string, string]))
})
afterAll(() => {
  place.end()
  place.remove()
})

const clientWith = (credentials: { accessKeyId?: string; secretAccessKey?: string }): ECSClient =>
  new ECSClient({
    endpoint: variables['AWS_ENDPOINT_URL'] ?? '',
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...credentials,
    },
  })

const faultOf = async (client: ECSClient): Promise<{ name: string; message: string; status: number | undefined }> => {
  try {
    await client.send(new ListClustersCommand({}))
    throw new Error('the call was accepted')
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return { name, message, status: $metadata?.httpStatusCode }
  }
}

/** What is said to a request for an agent's websocket, with more headers. */
const answerToWebSocket = async (headers = ''): Promise<string> => {
  const { hostname, port } = new URL(variables['AWS_ENDPOINT_URL'] ?? '')
  const socket = connect(Number(port), hostname)
  socket.write(
    'GET /acs/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`,
  )
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe("the root user's key", () => {
  it('works as `longshore env` prints it, and the agent of `up` uses it', async () => {
    expect(variables['AWS_ACCESS_KEY_ID']).toMatch(/^AKIA[A-Z0-9]{16}$/)
    expect(await connectedInstance(clientWith({}))).toMatch(/^arn:aws:ecs:us-east-1:123456789012:container-instance\//)
  })

  it('works with the AWS CLI', () => {
    const env = { ...process.env, ...variables }
    const args = ['--endpoint-url', variables['AWS_ENDPOINT_URL'] ?? '', 'sts', 'get-caller-identity']
    const { status, stdout } = run(args, { program: AWS, env })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:root' })
  })
})

describe('others hear', () => {
  it('that their secret is wrong', async () => {
    expect(await faultOf(clientWith({ secretAccessKey: 'wrong' }))).toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining(
        'The request signature we calculated does not match the signature you provided.',
      ) as string,
    })
  })

  it('that their key is unknown', async () => {
    expect(await faultOf(clientWith({ accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }))).toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    })
  })

  it('the same through the AWS CLI', () => {
    const env = { ...process.env, ...variables, AWS_SECRET_ACCESS_KEY: 'wrong' }
    const args = ['--endpoint-url', variables['AWS_ENDPOINT_URL'] ?? '', 'ecs', 'list-clusters']
    const { status, said } = run(args, { program: AWS, env })
    expect(status).not.toBe(0)
    expect(said).toContain('An error occurred (InvalidSignatureException) when calling the ListClusters operation')
  })

  it('that their agent cannot be registered', () => {
    const env = {
      ...place.env,
      ECS_BACKEND_HOST: variables['AWS_ENDPOINT_URL'],
      ECS_DATADIR: path.join(place.dataDir, 'another'),
      AWS_ACCESS_KEY_ID: variables['AWS_ACCESS_KEY_ID'],
      AWS_SECRET_ACCESS_KEY: 'wrong',
      ECS_LOGLEVEL: 'none',
    }
    const { status, said } = run(['agent', '--runtime', 'simulated'], { env })
    expect(status).toBe(1)
    expect(said).toMatch(/^longshore: The container instance cannot be registered: InvalidSignatureException: .*\n$/)
  })

  it("that a websocket of an agent's has to be signed", async () => {
    expect(await answerToWebSocket()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
  })

  it('that a signature of headers that no request can have is none', async () => {
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const scope = `${variables['AWS_ACCESS_KEY_ID']}/${time.slice(0, 8)}/us-east-1/ecs/aws4_request`
    const signature = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date;constructor, Signature=0`
    const answer = await answerToWebSocket(`X-Amz-Date: ${time}\r\nAuthorization: ${signature}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(answer).toContain('The request signature we calculated does not match')
  })
})

describe('the files', () => {
  it('are for their owner alone', () => {
    const entries = readdirSync(place.dataDir, { recursive: true, encoding: 'utf8' })
    expect(entries).toEqual(
      expect.arrayContaining(['longshore.log', 'running.json', 'server/state.sqlite', 'agent/agent.sqlite']),
    )
    const modes = entries.map((entry) => {
      const status = statSync(path.join(place.dataDir, entry))
      return { entry, isTight: (status.mode & 0o777) === (status.isDirectory() ? 0o700 : 0o600) }
    })
    expect(modes.filter(({ isTight }) => !isTight)).toEqual([])
  })
})
