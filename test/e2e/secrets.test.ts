/**
 * Goal: containers get the secrets that their task's execution role may read, in every form that ECS knows, and nothing but these containers ever
 * shows them.
 *
 * Method: an installation that checks signatures and asks policies, on the real engine. Secrets of Parameter Store and Secrets Manager, one under a
 * customer's key; a role that may read exactly these, and one that may not; a registry that asks for a password. At the end everything that was
 * written and said is searched for the values.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  type ContainerDefinition,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { describeTask, idsOfTask, look, reached, removeContainersOf } from './command/containers.ts'
import { TestRegistry } from './docker-runtime/test-registry.ts'
import { connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'

const REGION = 'us-east-1'
const ACCOUNT = '000000000000'
/** In every value: what is searched for. */
const MARK = 'hunter2'

let longshore: RunningLongshore
let client: ECSClient
let image: string
let registry: TestRegistry
let secretArn: string
let versionId: string
let registrySecretArn: string
const started: Task[] = []
const said: unknown[] = []

const parameterArn = (name: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`
const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`

const docker = (...parameters: string[]): string => spawnSync('docker', parameters, { encoding: 'utf8' }).stdout

beforeAll(async () => {
  image = await buildBusyboxImage()
  registry = await TestRegistry.start()
  registry.login = `ada:${MARK}`
  registry.push('1')
  longshore = await startLongshore({ isDev: false })
  client = longshore.client
  await connectedInstance(client)
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  const root = { endpoint: longshore.endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey } }
  const keyArn = await createSecrets(root)
  await createRoles(root, keyArn)
})

afterAll(async () => {
  removeContainersOf(started)
  await longshore.stop()
  await registry.stop()
})

type Root = ConstructorParameters<typeof SSMClient>[0]

const createSecrets = async (root: Root): Promise<string> => {
  const [ssm, kms, secrets] = [
    new SSMClient(root ?? {}),
    new KMSClient(root ?? {}),
    new SecretsManagerClient(root ?? {}),
  ]
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}))
  const parameters = [
    { Name: '/db/password', Value: `${MARK} plain`, Type: 'String' },
    { Name: '/db/secure', Value: `${MARK} secure`, Type: 'SecureString' },
    { Name: '/db/own-key', Value: `${MARK} own key`, Type: 'SecureString', KeyId: key?.KeyId },
    { Name: '/other/password', Value: `${MARK} other`, Type: 'SecureString' },
    { Name: '/log/size', Value: '10m', Type: 'SecureString' },
    { Name: '/log/bad-size', Value: `${MARK} size`, Type: 'SecureString' },
  ] as const
  for (const parameter of parameters) await ssm.send(new PutParameterCommand(parameter))
  const first = JSON.stringify({ user: 'ada', password: `${MARK} first` })
  const created = await secrets.send(new CreateSecretCommand({ Name: 'db', SecretString: first }))
  secretArn = created.ARN ?? ''
  versionId = created.VersionId ?? ''
  const second = JSON.stringify({ user: 'ada', password: `${MARK} second` })
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: second }))
  const login = JSON.stringify({ username: 'ada', password: MARK })
  registrySecretArn = (await secrets.send(new CreateSecretCommand({ Name: 'registry', SecretString: login }))).ARN ?? ''
  return key?.Arn ?? ''
}

const createRoles = async (root: Root, keyArn: string): Promise<void> => {
  const iam = new IAMClient(root ?? {})
  for (const RoleName of ['execution', 'powerless'])
    await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustingService('ecs-tasks.amazonaws.com') }),
    )
  const Statement = [
    { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: [parameterArn('/db/*'), parameterArn('/log/*')] },
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [secretArn, registrySecretArn] },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn },
  ]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'execution', PolicyName: 'read', PolicyDocument }))
}

const run = async (container: Partial<ContainerDefinition>, role = 'execution', others: ContainerDefinition[] = []) => {
  const main = { name: 'main', image, memory: 16, stopTimeout: 2, command: ['sleep', '600'], ...container }
  const family = `secrets-${started.length}`
  const containerDefinitions = [main, ...others]
  await client.send(
    new RegisterTaskDefinitionCommand({ family, containerDefinitions, executionRoleArn: roleArn(role) }),
  )
  const { tasks: [task] = [], failures } = await client.send(new RunTaskCommand({ taskDefinition: family }))
  expect(failures).toEqual([])
  started.push(task ?? {})
  return task?.taskArn ?? ''
}

const runs = async (taskArn: string): Promise<Task> => {
  const task = await until(`task ${taskArn} to run`, async () => {
    const found = await describeTask(client, taskArn)
    if (found?.lastStatus === 'STOPPED') throw new Error(`it stopped: ${found.stoppedReason}`)
    return found?.lastStatus === 'RUNNING' && found
  })
  said.push(task)
  return task
}

const stoppedReason = async (taskArn: string): Promise<string> => {
  const task = await reached(client, taskArn, 'STOPPED')
  said.push(task)
  expect(task.stopCode).toBe('TaskFailedToStart')
  return task.stoppedReason ?? ''
}

const idOf = (task: Task, name = 'main'): string =>
  task.containers?.find((container) => container.name === name)?.runtimeId ?? ''

const environmentOf = (task: Task, name?: string): Record<string, string> =>
  Object.fromEntries(
    docker('exec', idOf(task, name), 'env')
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

describe('secrets', () => {
  it('of every form are in the environment of the container that asks for them, and of no other', async () => {
    const secrets = [
      { name: 'BY_NAME', valueFrom: '/db/password' },
      { name: 'BY_ARN', valueFrom: parameterArn('/db/secure') },
      { name: 'OWN_KEY', valueFrom: '/db/own-key' },
      { name: 'WHOLE', valueFrom: secretArn },
      { name: 'MEMBER', valueFrom: `${secretArn}:password::` },
      { name: 'PREVIOUS', valueFrom: `${secretArn}:password:AWSPREVIOUS:` },
      { name: 'VERSION', valueFrom: `${secretArn}:password::${versionId}` },
    ]
    const other = { name: 'other', image, memory: 16, command: ['sleep', '600'] }
    const task = await runs(await run({ secrets }, 'execution', [other]))
    expect(environmentOf(task)).toMatchObject({
      BY_NAME: `${MARK} plain`,
      BY_ARN: `${MARK} secure`,
      OWN_KEY: `${MARK} own key`,
      WHOLE: JSON.stringify({ user: 'ada', password: `${MARK} second` }),
      MEMBER: `${MARK} second`,
      PREVIOUS: `${MARK} first`,
      VERSION: `${MARK} first`,
    })
    expect(docker('inspect', idOf(task, 'other'))).not.toContain(MARK)
    expect(docker('inspect', '--format', '{{json .Config.Labels}}', idOf(task))).not.toContain(MARK)
  })

  it('are options of the log driver', async () => {
    const secretOptions = [{ name: 'max-size', valueFrom: '/log/size' }]
    const task = await runs(await run({ logConfiguration: { logDriver: 'json-file', secretOptions } }))
    const config = docker('inspect', '--format', '{{json .HostConfig.LogConfig}}', idOf(task))
    expect(JSON.parse(config)).toMatchObject({ Type: 'json-file', Config: { 'max-size': '10m' } })
  })

  it('are the password of the registry', async () => {
    const given = {
      image: `${registry.repository}:1`,
      repositoryCredentials: { credentialsParameter: registrySecretArn },
    }
    const task = await runs(await run(given))
    expect(docker('inspect', idOf(task))).not.toContain(MARK)
  })

  it('stay with a container when the agent is killed', async () => {
    const task = await runs(await run({ secrets: [{ name: 'S', valueFrom: '/db/password' }] }))
    const before = look(idOf(task))
    const killed = longshore.processId('agent')
    longshore.kill('agent')
    await until('another agent', () => ![undefined, killed].includes(longshore.processId('agent')))
    await connectedInstance(client)
    expect(look(idOf(task))).toEqual(before)
  })
})

describe('a task whose secrets cannot be had says why', () => {
  it('if they are not there', async () => {
    const reason = await stoppedReason(await run({ secrets: [{ name: 'S', valueFrom: '/db/nothing' }] }))
    expect(reason).toBe(`Fetching secret data from SSM Parameter Store in ${REGION}: invalid parameters: /db/nothing`)
  })

  it('if the JSON key is not there', async () => {
    const reason = await stoppedReason(await run({ secrets: [{ name: 'S', valueFrom: `${secretArn}:pin::` }] }))
    expect(reason).toContain('retrieved secret from Secrets Manager did not contain json key pin')
  })

  it.each([
    ['/other/password', 'execution', 'ssm:GetParameters'],
    ['/db/password', 'powerless', 'ssm:GetParameters'],
  ])('if the execution role may not read %s as %s', async (valueFrom, role, action) => {
    const taskArn = await run({ secrets: [{ name: 'S', valueFrom }] }, role)
    const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1)
    expect(await stoppedReason(taskArn)).toContain(
      `AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${taskId} is not authorized to perform: ` +
        `${action} on resource: ${parameterArn(valueFrom)}`,
    )
    expect(idsOfTask(taskArn)).toEqual([])
  })

  it('if the execution role may not read the secret', async () => {
    const taskArn = await run({ secrets: [{ name: 'S', valueFrom: secretArn }] }, 'powerless')
    expect(await stoppedReason(taskArn)).toContain('is not authorized to perform: secretsmanager:GetSecretValue')
  })

  it('but not what the engine says of an option that is secret', async () => {
    const secretOptions = [{ name: 'max-size', valueFrom: '/log/bad-size' }]
    const taskArn = await run({ logConfiguration: { logDriver: 'json-file', secretOptions } })
    await stoppedReason(taskArn)
    const task = await describeTask(client, taskArn)
    expect(task?.containers?.[0]?.reason).toMatch(/^Cannot(Create|Start)ContainerError: .*\*\*\*/)
  })
})

it('no value is in what the installation keeps, says or prints', async () => {
  const { taskArns = [] } = await client.send(new ListTasksCommand({}))
  for (const taskArn of taskArns) said.push(await describeTask(client, taskArn))
  expect(JSON.stringify(said)).not.toContain(MARK)
  expect(longshore.output()).not.toContain(MARK)
  // What is a String rather than a SecureString lies as it is, as it says.
  const plain = `${MARK} plain`
  const files = filesBelow(longshore.dataDir)
  expect(files.length).toBeGreaterThan(2)
  for (const file of files) {
    const content = readFileSync(file, 'latin1').replaceAll(plain, '')
    expect({ file, hasValue: content.includes(MARK) }).toEqual({ file, hasValue: false })
  }
})

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
