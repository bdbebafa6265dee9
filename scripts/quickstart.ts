/**
 * The part of `npm run quickstart` that needs Node: starts Longshore in the background, makes a sample image out of busybox, pushes it to the
 * registry, runs one task from there to its end, deploys a service behind a load balancer in two versions, the second under traffic, and says how to
 * go on. Run again, it updates that service.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryAlreadyExistsException,
} from '@aws-sdk/client-ecr'
import {
  type ContainerDefinition,
  CreateServiceCommand,
  type Deployment,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Service,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
  waitUntilServicesInactive,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'
import { quickstartBalancer, type QuickstartBalancer, withTraffic } from './quickstart-balancer.ts'

const REPOSITORY = 'longshore/sample'
const SERVICE = 'longshore-web'
const TASKS = 2
/** Enough to meet every task, as the load balancer takes turns. */
const ANSWERS = 20
const root = path.join(import.meta.dirname, '..')
const longshore = path.join(root, 'bin', 'longshore')
const AGENT_TIMEOUT_MS = 30_000
const DEPLOYMENT_TIMEOUT_SECONDS = 60
const WAITER = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }

const step = (title: string): void => console.log(`\n\u001b[1m==> ${title}\u001b[0m`)

/** Runs a program to its end and gives its output; ends the quickstart with the program's own words if it fails. */
const output = (file: string, args: readonly string[], input?: string): string => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', input })
  if (status === 0) return stdout
  throw new Error(`${path.basename(file)} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}

const startLongshore = (): void => {
  const running = spawnSync(longshore, ['status'], { encoding: 'utf8' })
  if (running.status === 0) console.log('already running')
  else process.stdout.write(output(longshore, ['up', '--dev', '--detach']))
}

/** The variables that `longshore env` prints. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    output(longshore, ['env'])
      .trim()
      .split('\n')
      .map((line) => line.replace('export ', '').split('=') as [string, string]),
  )

const APPLETS = ['sh', 'echo', 'date', 'hostname', 'httpd', 'cat', 'sleep', 'ls']

/** Busybox and nothing else. */
const DOCKERFILE = 'FROM scratch\nCOPY . /\nCMD ["sh"]\n'

/** Nothing comes from elsewhere, and the second time nothing is new. */
const buildImage = (image: string): void => {
  const folder = mkdtempSync(path.join(tmpdir(), 'longshore-sample-'))
  mkdirSync(path.join(folder, 'bin'))
  mkdirSync(path.join(folder, 'tmp'))
  copyFileSync('/bin/busybox', path.join(folder, 'bin', 'busybox'))
  for (const applet of APPLETS) symlinkSync('busybox', path.join(folder, 'bin', applet))
  output('docker', ['build', '--quiet', '--tag', image, '--file', '-', folder], DOCKERFILE)
  rmSync(folder, { recursive: true })
}

/** Gives the repository's URI. */
const createRepository = async (ecr: ECRClient): Promise<string> => {
  try {
    const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }))
    return repository?.repositoryUri ?? ''
  } catch (error) {
    if (!(error instanceof RepositoryAlreadyExistsException)) throw error
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [REPOSITORY] }))
    return repositories?.[0]?.repositoryUri ?? ''
  }
}

/** As `aws ecr get-login-password | docker login --username AWS --password-stdin` does. */
const logIn = async (ecr: ECRClient, registry: string): Promise<void> => {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  const text = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
  const [user = '', password = ''] = text.split(':')
  output('docker', ['login', '--username', user, '--password-stdin', registry], password)
}

/** From nothing to an image that every host of the cluster can pull. */
const pushImage = async (ecr: ECRClient): Promise<string> => {
  const uri = await createRepository(ecr)
  const image = `${uri}:latest`
  console.log(`repository    ${uri}`)
  buildImage(image)
  console.log(`docker build  ${image}`)
  await logIn(ecr, uri.split('/')[0] ?? '')
  console.log('docker login  with the password of ecr get-login-password, good for twelve hours')
  const said = output('docker', ['push', image])
  console.log(`docker push   ${/digest: (\S+) size/.exec(said)?.[1]}`)
  return image
}

interface Target {
  readonly client: ECSClient
  readonly image: string
}

interface ServiceTarget extends Target {
  readonly balancer: QuickstartBalancer
}

const register = async (
  { client, image }: Target,
  family: string,
  container: Partial<ContainerDefinition>,
): Promise<string> => {
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'main', image, memory: 32, ...container }],
    }),
  )
  return `${family}:${taskDefinition?.revision}`
}

const runToEnd = async (target: Target): Promise<void> => {
  const { client } = target
  step('a task that runs to its end')
  const words = 'echo "Hello from a container of task $HOSTNAME"; sleep 1; exit 0'
  const taskDefinition = await register(target, 'longshore-hello', { command: ['sh', '-c', words] })
  const { tasks: placed = [], failures = [] } = await client.send(new RunTaskCommand({ taskDefinition }))
  const taskArn = placed[0]?.taskArn
  if (taskArn === undefined) throw new Error(`the task was not placed: ${JSON.stringify(failures)}`)
  console.log(`${taskDefinition} -> ${taskArn}`)
  await waitUntilTasksStopped({ client, ...WAITER }, { tasks: [taskArn] })
  const { tasks: [task] = [] } = await client.send(new DescribeTasksCommand({ tasks: [taskArn] }))
  const [container] = task?.containers ?? []
  if (container?.runtimeId === undefined) throw new Error(`the container did not start: ${container?.reason}`)
  console.log(`output:    ${output('docker', ['logs', container.runtimeId]).trim()}`)
  console.log(`exit code: ${container.exitCode}`)
  if (container.exitCode !== 0) throw new Error('the task failed')
}

/** Registers a version of the sample and makes the service what it says. */
const deploy = async (target: ServiceTarget, version: string): Promise<void> => {
  const { client, balancer } = target
  const taskDefinition = await register(target, SERVICE, webServer(version))
  await createOrUpdate(client, balancer, taskDefinition)
  await watchDeployment(client, taskDefinition)
}

/** Shows the service answering through its load balancer, every task of it. */
const open = async ({ balancer }: ServiceTarget): Promise<void> => {
  const answers = new Set<string>()
  for (let request = 0; request < ANSWERS && answers.size < TASKS; request++) answers.add(await balancer.get())
  for (const answer of answers) console.log(`${balancer.url} answers: ${answer}`)
}

const updateUnderTraffic = async (target: ServiceTarget): Promise<void> => {
  const { answered, failures } = await withTraffic(target.balancer, () => deploy(target, 'two'))
  console.log(`${answered} requests were answered meanwhile, ${failures.length || 'none'} failed`)
  if (failures.length > 0) throw new Error(`requests failed during the update: ${failures.slice(0, 3).join('; ')}`)
}

/** A page on a port that the host chooses. The load balancer finds out whether it answers. */
const webServer = (version: string): Partial<ContainerDefinition> => ({
  command: [
    'sh',
    '-c',
    `echo "Hello from version ${version} in $HOSTNAME" > /tmp/index.html; trap "exit 0" TERM; httpd -f -p 8080 -h /tmp & wait`,
  ],
  portMappings: [{ containerPort: 8080 }],
})

const createOrUpdate = async (
  client: ECSClient,
  { targetGroupArn }: QuickstartBalancer,
  taskDefinition: string,
): Promise<void> => {
  const settings: Partial<UpdateServiceCommandInput> = {
    taskDefinition,
    loadBalancers: [{ targetGroupArn, containerName: 'main', containerPort: 8080 }],
    desiredCount: TASKS,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  }
  const { status } = await describe(client)
  if (status === 'DRAINING') await waitUntilServicesInactive({ client, ...WAITER }, { services: [SERVICE] })
  if (status === 'ACTIVE') await client.send(new UpdateServiceCommand({ service: SERVICE, ...settings }))
  else await client.send(new CreateServiceCommand({ serviceName: SERVICE, ...settings }))
  console.log(`service ${SERVICE} ${status === 'ACTIVE' ? 'updated to' : 'created with'} ${taskDefinition}`)
}

const describe = async (client: ECSClient): Promise<Service> => {
  const { services = [] } = await client.send(new DescribeServicesCommand({ services: [SERVICE] }))
  return services[0] ?? {}
}

/** Prints a line whenever a task of the service has got further, until the deployment is complete. */
const watchDeployment = async (client: ECSClient, taskDefinition: string): Promise<void> => {
  const start = performance.now()
  for (let printed = ''; ; await sleep(100)) {
    const { deployments = [] } = await describe(client)
    const line = deployments.map(progress).join('; ')
    const seconds = (performance.now() - start) / 1000
    if (line !== printed) console.log(`${seconds.toFixed(1).padStart(6)} s  ${line}`)
    printed = line
    const [{ rolloutState, rolloutStateReason, taskDefinition: target } = {}] = deployments
    const isRolledBack = target?.endsWith(`/${taskDefinition}`) !== true
    if (rolloutState === 'COMPLETED' && !isRolledBack) return
    if (rolloutState === 'FAILED' || isRolledBack || seconds > DEPLOYMENT_TIMEOUT_SECONDS)
      throw new Error(`${rolloutStateReason} bin/longshore explain service ${SERVICE} says more.`)
  }
}

const progress = ({ taskDefinition, runningCount, pendingCount, status, rolloutState }: Deployment): string => {
  const counts = [runningCount ? `${runningCount} running` : '', pendingCount ? `${pendingCount} starting` : '']
  const end = status === 'PRIMARY' && rolloutState === 'COMPLETED' ? 'completed' : ''
  return `${taskDefinition?.split('/').at(-1)}: ${[...counts, end].filter(Boolean).join(', ') || 'no tasks'}`
}

const waitForAgent = async (client: ECSClient, cluster: string): Promise<void> => {
  for (const deadline = performance.now() + AGENT_TIMEOUT_MS; performance.now() < deadline; await sleep(100)) {
    const { containerInstanceArns = [] } = await client.send(new ListContainerInstancesCommand({ cluster }))
    if (containerInstanceArns.length === 0) continue
    const { containerInstances = [] } = await client.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    )
    if (containerInstances.some(({ agentConnected }) => agentConnected === true)) return
  }
  throw new Error('no agent registered; see the log file')
}

const main = async (): Promise<void> => {
  startLongshore()
  const env = environment()
  const settings = {
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  }
  const [client, ecr] = [new ECSClient(settings), new ECRClient(settings)]
  await waitForAgent(client, 'default')
  step('a sample image from busybox, pushed to the registry')
  const target = { client, image: await pushImage(ecr) }
  await runToEnd(target)
  step(`a service of ${TASKS} tasks behind a load balancer`)
  const balancer = await quickstartBalancer(SERVICE, settings)
  console.log(`load balancer ${balancer.url}`)
  const service = { ...target, balancer }
  await deploy(service, 'one')
  await open(service)
  step('a rolling update of it, while requests come')
  await updateUnderTraffic(service)
  await open(service)
  balancer.close()
  ecr.destroy()
  client.destroy()
  step('it works; go on from here')
  console.log(`  eval "$(bin/longshore env)"                  # points the AWS CLI, SDKs and Terraform at ${env['AWS_ENDPOINT_URL']}
  aws ecs list-services                        # AWS CLI before 2.13: aws --endpoint-url $AWS_ENDPOINT_URL ecs list-services
  curl ${balancer.url}  # browsers know the name, too
  bin/longshore image list                     # what is in the registry
  bin/longshore status                         # what runs
  bin/longshore explain service ${SERVICE}  # why it is, or is not yet, as it should be
  bin/longshore down                           # stop Longshore; containers keep running`)
}

try {
  await main()
} catch (error) {
  console.error(`\nquickstart: ${(error as Error).message}`)
  process.exitCode = 1
}
