/** Calls by a user who may do just what a test says, to an installation that asks policies: what was asked for, and what was denied. */
import { defined } from '../src/kit/assert.ts'
import { SeededIds } from '../src/kit/ids.ts'
import type { Principal } from '../src/model/principal.ts'
import { PolicyGuard } from '../src/services/authorization.ts'
import { loadedServices } from '../src/services/index.ts'
import type { Guard, NamedDemand } from '../src/services/operations.ts'
import { AccessDenied } from '../src/wire/access-denied.ts'
import type { CallContext, ServiceDefinition } from '../src/wire/service.ts'
import { rootCaller, userCaller } from './builders/a-principal.ts'
import { aRole, aUser, trusting } from './builders/a-role.ts'
import { ACCOUNT, inputFor, roles, type Site } from './operation-inputs.ts'
import { emptyStore, servicesDeps } from './services-deps.ts'

export const CALLER = aUser({ userName: 'caller' })
const TOKEN = '01234567-89ab-cdef-0123-456789abcdef'

export const services: readonly ServiceDefinition[] = await loadedServices(servicesDeps(await emptyStore()))

/** The guard as it decides, and what it was asked. */
class ListeningGuard implements Guard {
  readonly #guard = new PolicyGuard()
  asked: readonly NamedDemand[] = []

  applies(call: CallContext, isOpenToRoot?: boolean): boolean {
    return this.#guard.applies(call, isOpenToRoot)
  }

  check(...given: Parameters<Guard['check']>): void {
    this.asked = given[2]
    this.#guard.check(...given)
  }
}

/** A new installation, the same every time, with what operations name. */
const installation = async () => {
  const store = await emptyStore()
  const guard = new ListeningGuard()
  const services = new Map(
    (await loadedServices(servicesDeps(store, { guard, ids: new SeededIds(1) }))).map((service) => [
      service.name,
      service,
    ]),
  )
  const call = (service: string, operation: string, input: object, principal: Principal): Promise<object> =>
    defined(services.get(service), service).call(operation, input, aCall(principal))
  await store.transact((tx) => {
    for (const user of [CALLER, aUser()]) tx.users.put(user)
    for (const roleName of ['app', 'pull'])
      tx.roles.put(aRole({ roleName, assumeRolePolicyDocument: trusting({ AWS: ACCOUNT }) }))
  })
  return { store, guard, call, site: await setUp((...given) => call(...given, rootCaller())) }
}

const aCall = (principal: Principal): CallContext => ({
  requestId: 'r1',
  account: ACCOUNT,
  region: 'us-east-1',
  now: Date.UTC(2026, 0, 1),
  principal,
  sourceIp: '127.0.0.1',
  userAgent: 'test',
})

const setUp = async (call: (service: string, operation: string, input: object) => Promise<object>): Promise<Site> => {
  await call('ecs', 'CreateCluster', {})
  const containerDefinitions = [{ name: 'app', image: 'busybox', memory: 64 }]
  await call('ecs', 'RegisterTaskDefinition', { family: 'web', ...roles, containerDefinitions })
  const { KeyMetadata: key } = (await call('kms', 'CreateKey', {})) as { readonly KeyMetadata: { KeyId: string } }
  const secret = { Name: 'db', SecretString: 's3cret', KmsKeyId: key.KeyId, ClientRequestToken: TOKEN }
  const { ARN: secretArn } = (await call('secretsmanager', 'CreateSecret', secret)) as { readonly ARN: string }
  const parameter = { Name: '/app/password', Value: 's3cret', Type: 'SecureString', KeyId: key.KeyId }
  await call('ssm', 'PutParameter', parameter)
  return { keyId: key.KeyId, secretArn }
}

/** Calls as a user who may do just that; the denial, if it is one, and what was asked for. */
export const attempt = async (definition: ServiceDefinition, operation: string, allowed: readonly NamedDemand[]) => {
  const { store, guard, call, site } = await installation()
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: allowed.map(({ action, resource }) => ({ Effect: 'Allow', Action: action, Resource: resource })),
  })
  await store.transact(
    (tx) => void tx.users.put({ ...CALLER, inlinePolicies: allowed.length > 0 ? { p: document } : {} }),
  )
  guard.asked = []
  const error = await call(definition.name, operation, inputFor(definition, operation, site), userCaller(CALLER)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { denial: error instanceof AccessDenied ? error.message : undefined, asked: guard.asked, error }
}
