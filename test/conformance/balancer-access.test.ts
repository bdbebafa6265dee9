/** Who may open a balancer's session, which shows private keys: those who joined as balancers, and nobody by a policy that AWS has. */
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { join } from '../../src/agent/identity/join.ts'
import { ManagedCredentials } from '../../src/agent/identity/managed-credentials.ts'
import { BalancerClient, type Told } from '../../src/agentlink/balancer-client.ts'
import { httpTransport } from '../../src/agentlink/http-transport.ts'
import { JsonCaller } from '../../src/agentlink/json-caller.ts'
import { ecsSigner } from '../../src/agentlink/signer.ts'
import type { ClientSocketListener, OpenSocket } from '../../src/agentlink/socket.ts'
import { webSocketOpener } from '../../src/agentlink/web-sockets.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { BALANCER_TABLE_MESSAGE_BYTES } from '../../src/model/load-balancing/balancer-limits.ts'
import { OWN_AGENT, OWN_BALANCER, ownActivation, type OwnJoining } from '../../src/roles/own-activation.ts'
import { aLoadBalancer } from '../builders/a-load-balancer.ts'
import {
  ACCOUNT,
  type Credentials,
  documentOf,
  REGION,
  type VerifyingServer,
  verifyingServer,
} from '../verifying-server.ts'

const [clock, ids] = [new SystemClock(), new SystemIds()]
let server: VerifyingServer
let iam: IAMClient

/** The first table, or the body of the refusal. */
const open = (credentials: () => Credentials): Promise<Told | string> =>
  new Promise((resolve) => {
    const openSocket: OpenSocket = (request, listener) =>
      webSocketOpener(BALANCER_TABLE_MESSAGE_BYTES)(request, heeding(listener, resolve))
    const client = new BalancerClient({
      clock,
      ids,
      log: silentLog,
      openSocket,
      sign: ecsSigner({ clock, region: REGION, credentials }),
      endpoint: server.endpoint,
      balancerId: 'one',
      version: '0',
      onTable: (told) => {
        client.stop()
        resolve(told)
      },
    })
    client.start()
  })

const heeding = (listener: ClientSocketListener, refused: (body: string) => void): ClientSocketListener => ({
  opened: () => listener.opened(),
  message: (text) => listener.message(text),
  drained: () => listener.drained(),
  ended: (end) => (end.kind === 'rejected' ? refused(end.body) : listener.ended(end)),
})

/** Credentials of a machine that joined. */
const joined = async (joining: OwnJoining): Promise<() => Credentials> => {
  const { endpoint, store } = server
  const activation = await ownActivation({ joining, store, ids, clock, account: ACCOUNT, region: REGION })
  const caller = new JsonCaller({ endpoint, clock, ids, userAgent: 'test', transport: httpTransport(1) })
  const token = { endpoint, region: REGION, cluster: 'default', ...activation }
  const identity = await join(token, caller, ids)
  const managed = new ManagedCredentials({ identity, caller, clock, ids, log: silentLog })
  await managed.start()
  return () => managed.current()
}

/** A user with one policy. */
const user = async (name: string, statement: object): Promise<() => Credentials> => {
  await iam.send(new CreateUserCommand({ UserName: name }))
  const PolicyDocument = documentOf(statement)
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {}
  return () => ({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey })
}

beforeAll(async () => {
  server = await verifyingServer()
  iam = new IAMClient({ endpoint: server.endpoint, region: REGION, credentials: server.root })
  await server.store.transact((tx) => tx.loadBalancers.insert(aLoadBalancer()))
})
afterAll(() => server.close())

describe("a balancer's session", () => {
  it('is open to machines that joined as balancers', async () => {
    const told = await open(await joined(OWN_BALANCER))
    expect(told).toMatchObject({ isFirst: true, welcome: { suffix: 'localhost' } })
    expect(typeof told === 'object' && told.table.loadBalancers.size).toBe(1)
  })

  it('is closed to container instances', async () => {
    expect(await open(await joined(OWN_AGENT))).toMatch(
      /AccessDeniedException.*not authorized to perform: longshore:OpenBalancerSession/,
    )
  })

  it('is closed to who may do everything with load balancers, as AWS names it', async () => {
    const Action = ['elasticloadbalancing:*', 'ecs:*', 'acm:*', 'ec2:*']
    expect(await open(await user('manager', { Action }))).toContain('AccessDeniedException')
  })

  it('is closed to who has no key', async () => {
    expect(await open(() => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }))).toContain(
      'AccessDeniedException',
    )
  })
})
