/** Repositories and images of the registry, as tables. */
import {
  type ECRClient,
  type ImageDetail,
  paginateDescribeImages,
  paginateDescribeRepositories,
  type Repository,
} from '@aws-sdk/client-ecr'
import { table } from '../table.ts'

interface RepositoryRow {
  readonly repositoryName: string
  readonly repositoryUri: string
  readonly imageCount: number
  readonly sizeBytes: number
  readonly pushedAt: Date | undefined
  readonly pulledAt: Date | undefined
}

interface ImageRow {
  readonly tags: readonly string[]
  readonly digest: string
  readonly sizeBytes: number
  readonly pushedAt: Date | undefined
  readonly pulledAt: Date | undefined
}

const PAGE = 100

export const repositoriesOf = async (client: ECRClient): Promise<readonly RepositoryRow[]> => {
  const repositories: Repository[] = []
  for await (const page of paginateDescribeRepositories({ client, pageSize: PAGE }, {}))
    repositories.push(...(page.repositories ?? []))
  const rows: RepositoryRow[] = []
  for (const repository of repositories) rows.push(await repositoryRow(client, repository))
  return rows.toSorted((a, b) => (a.repositoryName < b.repositoryName ? -1 : 1))
}

const repositoryRow = async (
  client: ECRClient,
  { repositoryName = '', repositoryUri = '' }: Repository,
): Promise<RepositoryRow> => {
  const images = await imagesOf(client, repositoryName)
  return {
    repositoryName,
    repositoryUri,
    imageCount: images.length,
    sizeBytes: images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    pushedAt: latest(images.map(({ pushedAt }) => pushedAt)),
    pulledAt: latest(images.map(({ pulledAt }) => pulledAt)),
  }
}

/** The last pushed first. */
export const imagesOf = async (client: ECRClient, repositoryName: string): Promise<readonly ImageRow[]> => {
  const details: ImageDetail[] = []
  for await (const page of paginateDescribeImages({ client, pageSize: PAGE }, { repositoryName }))
    details.push(...(page.imageDetails ?? []))
  return details.map(imageRow).toSorted((a, b) => (b.pushedAt?.getTime() ?? 0) - (a.pushedAt?.getTime() ?? 0))
}

const imageRow = (detail: ImageDetail): ImageRow => ({
  tags: detail.imageTags ?? [],
  digest: detail.imageDigest ?? '',
  sizeBytes: detail.imageSizeInBytes ?? 0,
  pushedAt: detail.imagePushedAt,
  pulledAt: detail.lastRecordedPullTime,
})

const latest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times.reduce((last, time) => (time !== undefined && (last === undefined || time > last) ? time : last), undefined)

export const repositoryTable = (rows: readonly RepositoryRow[]): string =>
  table(
    ['REPOSITORY', 'IMAGES', 'SIZE', 'LAST PUSH', 'LAST PULL'],
    rows.map((row) => [
      row.repositoryUri,
      row.imageCount,
      megabytes(row.sizeBytes),
      moment(row.pushedAt),
      moment(row.pulledAt),
    ]),
  )

/** `sha256:` and so many characters tell images apart for a human. */
const SHORT_DIGEST = 'sha256:'.length + 12

export const imageTable = (rows: readonly ImageRow[]): string =>
  table(
    ['TAGS', 'DIGEST', 'SIZE', 'PUSHED', 'LAST PULL'],
    rows.map(({ tags, digest, sizeBytes, pushedAt, pulledAt }) => [
      tags.join(', ') || undefined,
      digest.slice(0, SHORT_DIGEST),
      megabytes(sizeBytes),
      moment(pushedAt),
      moment(pulledAt),
    ]),
  )

const MEGABYTE = 1_000_000

const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`

/** `2026-01-31 12:00:00`, in UTC. */
const moment = (time: Date | undefined): string | undefined => time?.toISOString().slice(0, 19).replace('T', ' ')
