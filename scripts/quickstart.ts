/**
 * The part of `npm run quickstart` that needs Node: starts Longshore in the background, makes a sample image out of busybox, runs one
 * task to its end and one that answers on a port, and says how to go on.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs'

const IMAGE = 'longshore-sample:latest'
const root = path.join(import.meta.dirname, '..')
const longshore = path.join(root, 'bin', 'longshore')
const AGENT_TIMEOUT_MS = 30_000
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
  const folder = mkdtempSync(path.join(tmpdir(), 'longshore-sample-'))
  mkdirSync(path.join(folder, 'bin'))
  mkdirSync(path.join(folder, 'tmp'))
  copyFileSync('/bin/busybox', path.join(folder, 'bin', 'busybox'))
  for (const applet of APPLETS) symlinkSync('busybox', path.join(folder, 'bin', applet))
  output('sh', ['-c', `tar -C ${folder} -c . | docker import --change 'CMD ["sh"]' - ${IMAGE}`])
  rmSync(folder, { recursive: true })
  console.log(IMAGE)
}

const registerAndRun = async (
  client: ECSClient,
  family: string,
  command: string,
  ports: readonly number[],
): Promise<string> => {
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [
        {
          name: 'main',
          image: IMAGE,
          memory: 32,
          command: ['sh', '-c', command],
          portMappings: ports.map((containerPort) => ({ containerPort })),
        },
      ],
    }),
  )
  const { tasks = [], failures = [] } = await client.send(
    new RunTaskCommand({ taskDefinition: taskDefinition?.taskDefinitionArn }),
  )
  const taskArn = tasks[0]?.taskArn
  if (taskArn === undefined) throw new Error(`the task was not placed: ${JSON.stringify(failures)}`)
  console.log(`${taskDefinition?.family}:${taskDefinition?.revision} -> ${taskArn}`)
  return taskArn
}

const describe = async (client: ECSClient, taskArn: string): Promise<Task> => {
  const { tasks } = await client.send(new DescribeTasksCommand({ tasks: [taskArn] }))
  return tasks?.[0] ?? {}
}

const runToEnd = async (client: ECSClient): Promise<void> => {
  step('a task that runs to its end')
  const taskArn = await registerAndRun(
    client,
    'longshore-hello',
    'echo "Hello from a container of task $HOSTNAME"; sleep 1; exit 0',
    [],
  )
  await waitUntilTasksStopped({ client, ...WAITER }, { tasks: [taskArn] })
  const [container] = (await describe(client, taskArn)).containers ?? []
  if (container?.runtimeId === undefined) throw new Error(`the container did not start: ${container?.reason}`)
  console.log(`output:    ${output('docker', ['logs', container.runtimeId]).trim()}`)
  console.log(`exit code: ${container.exitCode}`)
  if (container.exitCode !== 0) throw new Error('the task failed')
}

const runWebServer = async (client: ECSClient): Promise<void> => {
  step('a task that answers on a port')
  const page =
    'echo "Hello over HTTP from Longshore" > /tmp/index.html; trap "exit 0" TERM; httpd -f -p 8080 -h /tmp & wait'
  const taskArn = await registerAndRun(client, 'longshore-web', page, [8080])
  await waitUntilTasksRunning({ client, ...WAITER }, { tasks: [taskArn] })
  const port = (await describe(client, taskArn)).containers?.[0]?.networkBindings?.[0]?.hostPort
  console.log(
    `http://127.0.0.1:${port} answers: ${(await (await fetchPatiently(`http://127.0.0.1:${port}/`)).text()).trim()}`,
  )
  await client.send(new StopTaskCommand({ task: taskArn, reason: 'end of the quickstart' }))
  await waitUntilTasksStopped({ client, ...WAITER }, { tasks: [taskArn] })
  const stopped = await describe(client, taskArn)
  console.log(`stopped:   ${stopped.stopCode}, ${stopped.stoppedReason}`)
}

/** The web server needs a moment between its process's start and its first answer. */
const fetchPatiently = async (url: string): Promise<Response> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url)
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
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
  await runWebServer(client)
  client.destroy()
  step('it works; go on from here')
  console.log(`  eval "$(bin/longshore env)"            # points the AWS CLI, SDKs and Terraform at ${env['AWS_ENDPOINT_URL']}
  aws ecs list-clusters                   # AWS CLI before 2.13: aws --endpoint-url $AWS_ENDPOINT_URL ecs list-clusters
  bin/longshore status                    # what runs
  bin/longshore down                      # stop Longshore; containers keep running`)
}

try {
  await main()
} catch (error) {
  console.error(`\nquickstart: ${(error as Error).message}`)
  process.exitCode = 1
}
