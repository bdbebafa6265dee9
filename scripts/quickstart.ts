/**
 * The part of `npm run quickstart` that needs Node: starts Longshore in the background, makes a sample image out of busybox, runs one
 * task to its end, deploys a service in two versions, one after the other, and says how to go on. Run again, it updates that service.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ContainerDefinition,
  CreateServiceCommand,
  type Deployment,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Service,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
  waitUntilServicesInactive,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'

const IMAGE = 'longshore-sample:latest'
const SERVICE = 'longshore-web'
const TASKS = 2
const root = path.join(import.meta.dirname, '..')
const longshore = path.join(root, 'bin', 'longshore')
const AGENT_TIMEOUT_MS = 30_000
const DEPLOYMENT_TIMEOUT_SECONDS = 60
const WAITER = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }

const step = (title: string): void => console.log(`\n\u001b[1m==> ${title}\u001b[0m`)

/** Runs a program to its end and gives its output; ends the quickstart with the program's own words if it fails. */
const output = (file: string, args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
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

/** An image with busybox as its only content, made here: nothing is pulled. */
const buildImage = (): void => {
  if (spawnSync('docker', ['image', 'inspect', IMAGE]).status === 0) return console.log(`${IMAGE} is there`)
  const folder = mkdtempSync(path.join(tmpdir(), 'longshore-sample-'))
  mkdirSync(path.join(folder, 'bin'))
  mkdirSync(path.join(folder, 'tmp'))
  copyFileSync('/bin/busybox', path.join(folder, 'bin', 'busybox'))
  for (const applet of APPLETS) symlinkSync('busybox', path.join(folder, 'bin', applet))
  output('sh', ['-c', `tar -C ${folder} -c . | docker import --change 'CMD ["sh"]' - ${IMAGE}`])
  rmSync(folder, { recursive: true })
  console.log(IMAGE)
}

const register = async (
  client: ECSClient,
  family: string,
  container: Partial<ContainerDefinition>,
): Promise<string> => {
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'main', image: IMAGE, memory: 32, ...container }],
    }),
  )
  return `${family}:${taskDefinition?.revision}`
}

const runToEnd = async (client: ECSClient): Promise<void> => {
  step('a task that runs to its end')
  const words = 'echo "Hello from a container of task $HOSTNAME"; sleep 1; exit 0'
  const taskDefinition = await register(client, 'longshore-hello', { command: ['sh', '-c', words] })
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

/** Registers a version of the sample, makes the service what it says, and shows every task answering. */
const deploy = async (client: ECSClient, version: string): Promise<void> => {
  const taskDefinition = await register(client, SERVICE, webServer(version))
  await createOrUpdate(client, taskDefinition)
  await watchDeployment(client, taskDefinition)
  for (const url of await addresses(client)) console.log(`${url} answers: ${(await (await fetch(url)).text()).trim()}`)
}

/** A page on a port that the host chooses. With a health check, a task counts as soon as it really answers. */
const webServer = (version: string): Partial<ContainerDefinition> => ({
  command: [
    'sh',
    '-c',
    `echo "Hello from version ${version} in $HOSTNAME" > /tmp/index.html; trap "exit 0" TERM; httpd -f -p 8080 -h /tmp & wait`,
  ],
  portMappings: [{ containerPort: 8080 }],
  healthCheck: {
    command: ['CMD-SHELL', 'busybox wget -q -O /dev/null http://127.0.0.1:8080/'],
    interval: 5,
    timeout: 2,
  },
})

const createOrUpdate = async (client: ECSClient, taskDefinition: string): Promise<void> => {
  const settings: Partial<UpdateServiceCommandInput> = {
    taskDefinition,
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

/** Where the tasks of the service answer. */
const addresses = async (client: ECSClient): Promise<string[]> => {
  const { taskArns = [] } = await client.send(new ListTasksCommand({ serviceName: SERVICE }))
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: taskArns }))
  return tasks.map(({ containers }) => `http://127.0.0.1:${containers?.[0]?.networkBindings?.[0]?.hostPort}/`)
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
  const client = new ECSClient({
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  })
  await waitForAgent(client, 'default')
  step('a sample image from busybox')
  buildImage()
  await runToEnd(client)
  step(`a service of ${TASKS} tasks`)
  await deploy(client, 'one')
  step('a rolling update of it')
  await deploy(client, 'two')
  client.destroy()
  step('it works; go on from here')
  console.log(`  eval "$(bin/longshore env)"                  # points the AWS CLI, SDKs and Terraform at ${env['AWS_ENDPOINT_URL']}
  aws ecs list-services                        # AWS CLI before 2.13: aws --endpoint-url $AWS_ENDPOINT_URL ecs list-services
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
