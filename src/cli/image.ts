/** `longshore image`: what the registry has, and getting images onto container instances before tasks need them. */
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { command, UserError, type Values } from '../kit/command.ts'
import { clientSettings } from './clients.ts'
import { imagesOf, imageTable, repositoriesOf, repositoryTable } from './image/list.ts'
import { type Outcome, prefetch } from './image/prefetch.ts'
import { dataDirOption, requireNote } from './options.ts'
import { table } from './table.ts'

const options = {
  ...dataDirOption,
  cluster: { type: 'string', valueName: 'NAME', description: 'prefetch: the cluster, if not that of `up`' },
  attribute: {
    type: 'string',
    valueName: 'NAME=VALUE',
    description: 'prefetch: only container instances with this attribute',
  },
  role: {
    type: 'string',
    valueName: 'ARN',
    description: 'prefetch: the execution role to pull as, if not the role of each container instance',
  },
  wait: { type: 'boolean', description: 'prefetch: wait until the images are there, and say so of each instance' },
  json: { type: 'boolean', description: 'print JSON for scripts' },
} as const

type ImageValues = Values<typeof options>

export const imageCommand = command({
  name: 'image',
  summary: 'list images, or fetch them before tasks need them',
  operands: 'list [REPOSITORY] | prefetch IMAGE...',
  details: `Prefetch starts one short task per image on each container instance, which pulls the image as tasks do and ends. It works with every
agent. The image stays until the agent's clean-up takes it for unused.`,
  options,
  run: async (values, [verb = '', ...names]) => {
    if (verb === 'list' && names.length <= 1) return list(values, names[0])
    if (verb === 'prefetch' && names.length > 0) return fetchAhead(values, names)
    throw new UserError("Say what to do: 'longshore image list', or 'longshore image prefetch' and names of images.")
  },
})

const list = async ({ 'data-dir': dataDir, json }: ImageValues, repository: string | undefined): Promise<number> => {
  const note = requireNote(dataDir)
  const client = new ECRClient(clientSettings(dataDir, note))
  try {
    if (repository === undefined)
      print(await repositoriesOf(client), json, repositoryTable, 'There are no repositories.')
    else print(await imagesOf(client, repository), json, imageTable, `The repository ${repository} has no images.`)
    return 0
  } catch (error) {
    throw complaint(error)
  } finally {
    client.destroy()
  }
}

const print = <Row>(
  rows: readonly Row[],
  isJson: boolean,
  tableOf: (rows: readonly Row[]) => string,
  none: string,
): void =>
  void process.stdout.write(
    isJson ? `${JSON.stringify(rows, null, 2)}\n` : rows.length === 0 ? `${none}\n` : tableOf(rows),
  )

const fetchAhead = async (values: ImageValues, images: readonly string[]): Promise<number> => {
  const note = requireNote(values['data-dir'])
  const client = new ECSClient(clientSettings(values['data-dir'], note))
  const { cluster = note.cluster, attribute, role, wait: isAwaited, json } = values
  const tell = json ? () => {} : (outcome: Outcome) => void process.stdout.write(`${sentence(outcome)}\n`)
  try {
    const outcomes = await prefetch(client, { cluster, images, attribute, executionRoleArn: role, isAwaited }, tell)
    if (outcomes.length === 0) throw new UserError(`The cluster ${cluster} has no such container instances.`)
    if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`)
    else if (isAwaited) process.stdout.write(`\n${summary(outcomes)}`)
    return outcomes.some(({ state }) => state === 'failed') ? 1 : 0
  } catch (error) {
    throw complaint(error)
  } finally {
    client.destroy()
  }
}

const SHORT_ID = 8

const sentence = ({ image, containerInstanceArn, state, seconds, reason }: Outcome): string => {
  const instance = containerInstanceArn.slice(containerInstanceArn.lastIndexOf('/') + 1).slice(0, SHORT_ID)
  const detail = reason ?? (seconds === undefined ? '' : `after ${seconds.toFixed(1)} s`)
  return `${instance}  ${image}  ${state}${detail && ` ${detail}`}`
}

const summary = (outcomes: readonly Outcome[]): string => {
  const images = [...new Set(outcomes.map(({ image }) => image))]
  const count = (image: string, state: string): number =>
    outcomes.filter((outcome) => outcome.image === image && outcome.state === state).length
  return table(
    ['IMAGE', 'PRESENT', 'FAILED'],
    images.map((image) => [image, count(image, 'present'), count(image, 'failed')]),
  )
}

const complaint = (error: unknown): unknown =>
  error instanceof UserError ? error : new UserError((error as Error).message, { cause: error })
