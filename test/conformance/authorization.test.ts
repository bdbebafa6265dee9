/**
 * For every operation of every service: who is allowed nothing is denied, in AWS's words; who is allowed exactly what it asks for is not;
 * and nothing that it asks for can be left out. Inputs are made from the models: each required member has the value that stands for its
 * name below, so that a new operation with a member of a new name fails here until it has one.
 */
import { describe, expect, it } from 'vitest'
import { defined } from '../../src/kit/assert.ts'
import { SeededIds } from '../../src/kit/ids.ts'
import { globOf, matchesGlob } from '../../src/model/policy/glob.ts'
import type { Principal } from '../../src/model/principal.ts'
import { PolicyGuard } from '../../src/services/authorization.ts'
import { allServices } from '../../src/services/index.ts'
import type { Guard, NamedDemand } from '../../src/services/operations.ts'
import { AccessDenied } from '../../src/wire/access-denied.ts'
import { Model } from '../../src/wire/schema.ts'
import type { CallContext, ServiceDefinition } from '../../src/wire/service.ts'
import { rootCaller, userCaller } from '../builders/a-principal.ts'
import { aRole, aUser, trusting } from '../builders/a-role.ts'
import { emptyStore, servicesDeps } from '../services-deps.ts'

const ACCOUNT = '000000000000'
const CALLER = aUser({ userName: 'caller' })
const ecs = (resource: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`
const TOKEN = '01234567-89ab-cdef-0123-456789abcdef'
const TASK_ID = '0123456789abcdef0123456789abcdef'
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ecs:ListClusters', Resource: '*' }],
})

/** What there is for operations to name. */
interface Site {
  readonly keyId: string
  readonly secretArn: string
}

type Values = Readonly<Record<string, unknown>>

/** Values of required members by name, and of others by operation, where without them the operation would ask for less. */
interface Inputs {
  readonly members: Values
  readonly operations?: Readonly<Record<string, Values>>
}

const capitalTags = [{ Key: 'Stage', Value: 'test' }]
const lowerTags = [{ key: 'Stage', value: 'test' }]
const roles = { taskRoleArn: iam('role/app'), executionRoleArn: iam('role/pull') }

const inputsOf: Readonly<Record<string, (site: Site) => Inputs>> = {
  cloudtrail: () => ({ members: {} }),
  ecs: () => ({
    members: {
      attachments: [{ attachmentArn: ecs('attachment/a1'), status: 'ATTACHED' }],
      attributes: [{ name: 'rack', value: '1', targetType: 'container-instance', targetId: 'i1' }],
      capacityProvider: 'racks',
      capacityProviders: ['racks'],
      cluster: 'default',
      containerDefinitions: [{ name: 'app', image: 'busybox', memory: 64 }],
      containerInstance: 'i1',
      containerInstances: ['i1', 'i2'],
      defaultCapacityProviderStrategy: [],
      family: 'web',
      hookId: 'h1',
      name: 'containerInsights',
      namespace: 'local',
      primaryTaskSet: 'ecs-svc/1',
      protectionEnabled: true,
      resourceArn: ecs(`task/default/${TASK_ID}`),
      scale: { value: 50, unit: 'PERCENT' },
      service: 'web',
      serviceDeploymentArn: ecs('service-deployment/default/web/d1'),
      serviceDeploymentArns: [ecs('service-deployment/default/web/d1')],
      serviceName: 'web',
      serviceRevisionArns: [ecs('service-revision/default/web/1')],
      services: ['web', 'db'],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      status: 'DRAINING',
      tagKeys: ['Stage'],
      tags: lowerTags,
      targetType: 'container-instance',
      task: TASK_ID,
      taskDefinition: 'web:1',
      taskDefinitions: ['web:1', 'web:2'],
      taskSet: 'ecs-svc/1',
      tasks: [TASK_ID],
      value: 'enabled',
    },
    operations: {
      CreateCapacityProvider: { tags: lowerTags },
      CreateCluster: { tags: lowerTags },
      CreateService: { taskDefinition: 'web:1', tags: lowerTags },
      CreateTaskSet: { tags: lowerTags },
      RegisterContainerInstance: { tags: lowerTags },
      RegisterTaskDefinition: { ...roles, tags: lowerTags },
      RunTask: { overrides: roles, tags: lowerTags },
      StartTask: { overrides: roles, tags: lowerTags },
      UpdateService: { taskDefinition: 'web:1' },
    },
  }),
  iam: () => ({
    members: {
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      AccountAlias: 'acme',
      ActionNames: ['ecs:ListClusters'],
      AssumeRolePolicyDocument: trusting({ Service: 'ecs-tasks.amazonaws.com' }),
      AWSServiceName: 'ecs.amazonaws.com',
      ClientID: 'sts.amazonaws.com',
      DeletionTaskId:
        'task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/1234abcd-12ab-34cd-56ef-1234567890ab',
      Description: 'as before',
      GroupName: 'staff',
      InstanceProfileName: 'hosts',
      OpenIDConnectProviderArn: iam('oidc-provider/id.example.com'),
      PermissionsBoundary: iam('policy/bounds'),
      PolicyArn: iam('policy/read'),
      PolicyDocument: DOCUMENT,
      PolicyInputList: [DOCUMENT],
      PolicyName: 'read',
      PolicySourceArn: CALLER.arn,
      RoleName: 'app',
      Status: 'Inactive',
      TagKeys: ['Stage'],
      Tags: capitalTags,
      ThumbprintList: ['0'.repeat(40)],
      Url: 'https://id.example.com',
      UserName: 'ada',
      VersionId: 'v1',
    },
    operations: { CreateUser: { Tags: capitalTags }, CreateRole: { Tags: capitalTags } },
  }),
  kms: ({ keyId }) => ({
    members: {
      AliasName: 'alias/data',
      Description: 'as before',
      DestinationKeyId: keyId,
      KeyId: keyId,
      Plaintext: Buffer.from('text'),
      Policy: DOCUMENT,
      TagKeys: ['Stage'],
      Tags: [{ TagKey: 'Stage', TagValue: 'test' }],
      TargetKeyId: keyId,
    },
    operations: {
      CreateKey: { Tags: [{ TagKey: 'Stage', TagValue: 'test' }] },
      Decrypt: { KeyId: keyId, CiphertextBlob: Buffer.from('text') },
      GenerateDataKey: { KeySpec: 'AES_256' },
      ReEncrypt: { SourceKeyId: keyId, CiphertextBlob: Buffer.from('text') },
    },
  }),
  secretsmanager: ({ secretArn }) => ({
    members: {
      Name: 'db',
      ResourcePolicy: DOCUMENT,
      SecretId: secretArn,
      TagKeys: ['Stage'],
      Tags: capitalTags,
      VersionStage: 'AWSCURRENT',
    },
    operations: {
      CreateSecret: { SecretString: 's3cret', Tags: capitalTags },
      BatchGetSecretValue: { SecretIdList: [secretArn] },
      PutSecretValue: { SecretString: 's3cret' },
      UpdateSecret: { SecretString: 's3cret' },
    },
  }),
  ssm: () => ({
    members: {
      ActivationId: '01234567-89ab-cdef-0123-456789abcdef',
      IamRole: 'app',
      InstanceId: 'mi-0123456789abcdef0',
      Labels: ['good'],
      Name: '/app/password',
      Names: ['/app/password', '/app/name'],
      ParameterVersion: 1,
      Path: '/app',
      ResourceId: '/app/password',
      ResourceType: 'Parameter',
      TagKeys: ['Stage'],
      Tags: capitalTags,
      Value: 's3cret',
    },
    operations: {
      GetParameter: { WithDecryption: true },
      GetParameters: { WithDecryption: true },
      PutParameter: { Type: 'SecureString', Overwrite: true },
    },
  }),
  sts: () => ({
    members: {
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      EncodedMessage: 'none',
      Name: 'guest',
      RoleArn: iam('role/app'),
      RoleSessionName: 's1',
      WebIdentityToken: 'none',
    },
  }),
}

/** Operations that every caller may call, as with AWS. A web identity is proved by its token, a machine by its activation or its key. */
const OPEN: ReadonlySet<string> = new Set([
  'ssm:RegisterManagedInstance',
  'ssm:RequestManagedInstanceRoleToken',
  'sts:AssumeRoleWithWebIdentity',
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
])

/** Actions of operations that have none of their own name. */
const OTHER_ACTIONS: Readonly<Record<string, string>> = { 'kms:ReEncrypt': 'kms:ReEncryptFrom' }

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
    allServices(servicesDeps(store, { guard, ids: new SeededIds(1) })).map((service) => [service.name, service]),
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

const requiredMembers = (definition: ServiceDefinition, operation: string): readonly string[] => {
  const shape = new Model(definition.model(), definition.numbers).operations.get(operation)
  return (shape?.input.members ?? []).filter(({ required }) => required).map(({ name }) => name)
}

const inputFor = (definition: ServiceDefinition, operation: string, site: Site): object => {
  const inputs = inputsOf[definition.name]?.(site)
  if (inputs === undefined) throw new Error(`${definition.name} has no inputs`)
  const required = requiredMembers(definition, operation).map((name) => {
    if (!Object.hasOwn(inputs.members, name))
      throw new Error(`${definition.name}:${operation} needs a plausible value for ${name}`)
    return [name, inputs.members[name]] as const
  })
  return { ...Object.fromEntries(required), ...inputs.operations?.[operation] }
}

/** Calls as a user who may do just that; the denial, if it is one, and what was asked for. */
const attempt = async (definition: ServiceDefinition, operation: string, allowed: readonly NamedDemand[]) => {
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

const sentenceOf = ({ action, resource }: NamedDemand): string =>
  `User: ${CALLER.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
  `because no identity-based policy allows the ${action} action`

/** Whether allowing the one allows the other, because its resource is a pattern. */
const covers = (one: NamedDemand, other: NamedDemand): boolean =>
  one.action === other.action && (one.resource === other.resource || matchesGlob(globOf(one.resource), other.resource))

const services = allServices(servicesDeps(await emptyStore()))

describe.each(services.map((service) => [service.name, service] as const))('%s', (name, service) => {
  it.each([...service.operations].map((operation) => [operation]))('%s', async (operation) => {
    const { denial, asked } = await attempt(service, operation, [])
    const [first] = asked
    expect(first === undefined).toBe(OPEN.has(`${name}:${operation}`))
    if (first === undefined) return
    expect(denial).toBe(sentenceOf(first))
    for (const key of asked.flatMap(({ context = {} }) => Object.keys(context))) expect(key).toBe(key.toLowerCase())
    const own = OTHER_ACTIONS[`${name}:${operation}`] ?? `${name}:${operation}`
    expect(asked.map(({ action }) => action)).toContain(own)

    const allowed = await attempt(service, operation, asked)
    expect(allowed.denial).toBeUndefined()
    for (const left of asked) {
      const others = asked.filter((demand) => !covers(demand, left))
      const { denial: lacking } = await attempt(service, operation, others)
      expect(lacking, `without ${left.action} on ${left.resource}`).toBe(sentenceOf(left))
    }
  })
})
