/**
 * Goal: containers run from images of this installation's own registry, whatever name task definitions have for it and on whatever host, as their
 * execution role may; all tasks of a service run the same image though its tag moves; what was pulled before is there without the registry.
 *
 * Method: an installation that checks signatures and asks policies. Images are pushed by the real Docker, and taken away from it again so that the
 * agent has to pull them; a second host has an engine in a network of its own, without any configuration for the registry.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import {
  type ContainerDefinition,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRootKey } from '../../src/kit/installation.ts'
import { trustingService } from '../builders/a-task-role.ts'
import { buildBusyboxImage } from './busybox-image.ts'
import { describeTask, reached, removeContainersOf } from './command/containers.ts'
import { type ContainerHost, startContainerHost } from './container-host.ts'
import { TestRegistry } from './docker-runtime/test-registry.ts'
import { addHostLink, type HostLink } from './host-link.ts'
import { freePort } from './loadbalancer/haproxy-under-test.ts'
import { bin, connectedInstance, type RunningLongshore, startLongshore, until } from './longshore.ts'
import { type RegistryDocker, registryDocker } from './registry-docker.ts'

const REGION = 'us-east-1'
const ACCOUNT = '000000000000'
const AT_AWS = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`

let longshore: RunningLongshore
let client: ECSClient
let link: HostLink
let far: ContainerHost
let tool: RegistryDocker
let base: string
/** `localhost:<port>` */
let registry: string
const started: Task[] = []

const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`

beforeAll(async () => {
  base = await buildBusyboxImage()
  tool = registryDocker()
  link = addHostLink()
  const port = await freePort()
  longshore = await startLongshore({
    isDev: false,
    // Reached as localhost from here, and by the cable from the other host.
    args: [
      '--host=0.0.0.0',
      `--port=${port}`,
      `--advertise=http://${link.address}:${port}`,
      '--plain-http',
      '--service-settling-seconds=1',
    ],
    // Who prefers what the host has does not hear of tags that moved in other registries.
    env: { ECS_IMAGE_PULL_BEHAVIOR: 'default' },
  })
  client = longshore.client
  registry = `localhost:${port}`
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(longshore.dataDir) ?? {}
  await client.send(new CreateClusterCommand({ clusterName: 'far' }))
  far = await startContainerHost({
    endpoint: `http://${link.address}:${port}`,
    cluster: 'far',
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    link,
  })
  await connectedInstance(client)
  await connectedInstance(client, 'far')
  const root = { endpoint: longshore.endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey } }
  await createRoles(new IAMClient(root))
  const ecr = new ECRClient(root)
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/web' }))
  await tool.login(ecr, registry)
  ecr.destroy()
})

afterAll(async () => {
  const listed = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) => client.send(new ListTasksCommand({ desiredStatus }))),
  )
  await far.stop()
  await longshore.stop()
  const all = [...started.map(({ taskArn }) => taskArn), ...listed.flatMap(({ taskArns = [] }) => taskArns)]
  removeContainersOf([...new Set(all)].map((taskArn = '') => ({ taskArn })))
  // With all names that they have got.
  const images = [registry, AT_AWS].flatMap((host) => tool.docker('images', '--quiet', `${host}/team/web`).split('\n'))
  for (const image of new Set(images.filter(Boolean))) tool.docker('image', 'rm', '--force', image)
  link.remove()
  tool.remove()
})

const createRoles = async (iam: IAMClient): Promise<void> => {
  const pulling = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage']
  const token = 'ecr:GetAuthorizationToken'
  const roles = { puller: [token, ...pulling], 'token-only': [token], powerless: ['sts:GetCallerIdentity'] }
  for (const [RoleName, Action] of Object.entries(roles)) {
    const AssumeRolePolicyDocument = trustingService('ecs-tasks.amazonaws.com')
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    })
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'pull', PolicyDocument }))
  }
  iam.destroy()
}

let pushes = 0

/** Pushes an image that is unlike all others under this name, and leaves nothing of it in the engine. */
const push = (tag: string): string => {
  const name = `${registry}/team/web:${tag}`
  const digest = tool.push(base, name, `PUSHED=${pushes++}`)
  forget(name)
  return digest
}

const forget = (name: string): void => void spawnSync('docker', ['image', 'rm', name])

let families = 0

const register = async (container: Partial<ContainerDefinition>, role?: string, others: ContainerDefinition[] = []) => {
  const family = `pull-${families++}`
  const main = { name: 'main', memory: 16, stopTimeout: 2, command: ['sleep', '600'], ...container }
  await client.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'none',
      containerDefinitions: [main, ...others],
      ...(role !== undefined && { executionRoleArn: roleArn(role) }),
    }),
  )
  return family
}

const run = async (image: string, role?: string, cluster = 'default'): Promise<string> => {
  const taskDefinition = await register({ image }, role)
  const { tasks: [task] = [], failures } = await client.send(new RunTaskCommand({ taskDefinition, cluster }))
  expect(failures).toEqual([])
  started.push(task ?? {})
  return task?.taskArn ?? ''
}

const runs = (taskArn: string, cluster = 'default'): Promise<Task> =>
  until(`task ${taskArn} to run`, async () => {
    const { tasks: [task] = [] } = await client.send(new DescribeTasksCommand({ tasks: [taskArn], cluster }))
    if (task?.lastStatus === 'STOPPED') throw new Error(`it stopped: ${task.stoppedReason} ${reasonOf(task)}`)
    return task?.lastStatus === 'RUNNING' && task
  })

const reasonOf = (task: Task | undefined): string => task?.containers?.[0]?.reason ?? ''

const reasonOfStop = async (taskArn: string): Promise<string> => {
  await reached(client, taskArn, 'STOPPED')
  return reasonOf(await describeTask(client, taskArn))
}

const digestsOf = (tasks: readonly Task[], name = 'main'): (string | undefined)[] =>
  tasks.map(({ containers = [] }) => containers.find((container) => container.name === name)?.imageDigest)

describe('an image of this installation’s registry', () => {
  it('is pulled as the execution role, by the address of the server', async () => {
    const digest = push('v1')
    const task = await runs(await run(`${registry}/team/web:v1`, 'puller'))
    expect(task.containers?.[0]).toMatchObject({ image: `${registry}/team/web:v1`, imageDigest: digest })
  })

  it('is pulled as the container instance where there is no execution role', async () => {
    const digest = push('v2')
    expect(digestsOf([await runs(await run(`${registry}/team/web:v2`))])).toEqual([digest])
  })

  it('is found by the name that it would have at AWS, with which the container shows up in Docker', async () => {
    const tag = `v3-${process.pid}`
    const digest = push(tag)
    const image = `${AT_AWS}/team/web:${tag}`
    const task = await runs(await run(image, 'puller'))
    expect(digestsOf([task])).toEqual([digest])
    const { runtimeId = '' } = task.containers?.[0] ?? {}
    expect(tool.docker('inspect', '--format', '{{.Config.Image}}', runtimeId)).toBe(image)
  })

  it('is pulled on another host, whose engine has never heard of the registry', async () => {
    const digest = push('v4')
    for (const host of [registry, AT_AWS]) {
      const task = await runs(await run(`${host}/team/web:v4`, 'puller', 'far'), 'far')
      expect(digestsOf([task])).toEqual([digest])
    }
  })
})

describe('an image that may not be pulled', () => {
  it('is refused to a role that may not ask for a password', async () => {
    push('denied')
    expect(await reasonOfStop(await run(`${registry}/team/web:denied`, 'powerless'))).toMatch(
      /^CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role\/powerless\/\S+ is not authorized to perform: ecr:GetAuthorizationToken/,
    )
  })

  it.each([() => registry, () => AT_AWS])('is refused to a role that may not read it', async (host) => {
    expect(await reasonOfStop(await run(`${host()}/team/web:denied`, 'token-only'))).toMatch(
      /^CannotPull\w+Error: The task can’t pull the image. Check that the role has the permissions to pull images from the registry. Error response from daemon: .*assumed-role\/token-only\/\S+ is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:000000000000:repository\/team\/web/,
    )
  })

  it('is not there', async () => {
    expect(await reasonOfStop(await run(`${registry}/team/web:nothing`, 'puller'))).toMatch(/^CannotPull/)
  })
})

describe('the tasks of a service', () => {
  const create = async (service: string, taskDefinition: string): Promise<Task[]> => {
    await client.send(new CreateServiceCommand({ serviceName: service, taskDefinition, desiredCount: 1 }))
    return settled(service, 1)
  }
  const scaleTo = async (service: string, desiredCount: number, forceNewDeployment = false): Promise<Task[]> => {
    await client.send(new UpdateServiceCommand({ service, desiredCount, forceNewDeployment }))
    return settled(service, desiredCount)
  }
  const settled = (service: string, count: number): Promise<Task[]> =>
    until(`${count} tasks of ${service}`, async () => {
      const { services: [found] = [] } = await client.send(new DescribeServicesCommand({ services: [service] }))
      const tasks = await runningTasks(service)
      return found?.deployments?.length === 1 && tasks.length === count && tasks
    })
  const runningTasks = async (serviceName: string): Promise<Task[]> => {
    const { taskArns: tasks = [] } = await client.send(new ListTasksCommand({ serviceName }))
    if (tasks.length === 0) return []
    const described = await client.send(new DescribeTasksCommand({ tasks }))
    return (described.tasks ?? []).filter(({ lastStatus }) => lastStatus === 'RUNNING')
  }
  const revision = async (service: string) => {
    const { services: [found] = [] } = await client.send(new DescribeServicesCommand({ services: [service] }))
    const serviceRevisionArns = [found?.currentServiceRevisions?.[0]?.arn ?? '']
    const described = await client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }))
    return described.serviceRevisions?.[0]?.containerImages
  }

  it('run the same image though its tag moves, until the next deployment', async () => {
    const image = `${registry}/team/web:moving`
    const loose: ContainerDefinition = {
      name: 'loose',
      image,
      memory: 16,
      stopTimeout: 2,
      command: ['sleep', '600'],
      versionConsistency: 'disabled',
    }
    const first = push('moving')
    const taskDefinition = await register({ image }, 'puller', [loose])
    expect(digestsOf(await create('same', taskDefinition))).toEqual([first])
    const second = push('moving')
    expect(second).not.toBe(first)
    const scaled = await scaleTo('same', 3)
    expect(digestsOf(scaled)).toEqual([first, first, first])
    expect(digestsOf(scaled, 'loose').filter((digest) => digest === second)).toHaveLength(2)
    expect(await revision('same')).toEqual([
      { containerName: 'main', image, imageDigest: first },
      { containerName: 'loose', image },
    ])
    expect(digestsOf(await scaleTo('same', 2, true))).toEqual([second, second])
    expect(await revision('same')).toMatchObject([{ imageDigest: second }, {}])
    await scaleTo('same', 0)
  })

  it('run the image of another registry that the first of them found', async () => {
    const other = await TestRegistry.start()
    const image = `${other.repository}:moving`
    const first = other.push('moving', ['MOVED=1'])
    expect(digestsOf(await create('other', await register({ image })))).toEqual([first])
    const second = other.push('moving', ['MOVED=2'])
    expect(digestsOf(await scaleTo('other', 3))).toEqual([first, first, first])
    expect(await revision('other')).toEqual([{ containerName: 'main', image, imageDigest: first }])
    expect(digestsOf(await scaleTo('other', 1, true))).toEqual([second])
    await scaleTo('other', 0)
    await other.stop()
    forget(image)
  })
})

describe('an image that was fetched before', () => {
  it('is on every container instance, so that tasks start without a pull', async () => {
    const image = `${registry}/team/web:ahead`
    push('ahead')
    const { status, stdout, stderr } = spawnSync(
      bin,
      ['image', 'prefetch', image, '--wait', '--json', `--data-dir=${longshore.dataDir}`],
      { encoding: 'utf8', env: longshore.env },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject([{ image, state: 'present' }])
    await sleep(1000)
    const since = String(Date.now() / 1000)
    await runs(await run(image, 'puller'))
    const until = String(Date.now() / 1000)
    const events = tool.docker('events', '--since', since, '--until', until, '--filter', 'event=pull')
    expect(events).toBe('')
  })

  it('says why where it cannot be had', () => {
    const image = `${registry}/team/web:nothing`
    const { status, stdout } = spawnSync(
      bin,
      ['image', 'prefetch', image, '--wait', '--json', `--data-dir=${longshore.dataDir}`],
      { encoding: 'utf8', env: longshore.env },
    )
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject([
      { image, state: 'failed', reason: expect.stringContaining('CannotPull') },
    ])
  })
})
