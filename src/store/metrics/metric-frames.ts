/**
 * What segments of metrics are made of. A frame has a head and compressed content: definitions, which give numbers to series, or the points
 * that a chunk of series with neighbouring numbers has in one minute. A frame that a crash has torn is recognised by its checksum.
 */
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib'
import { util } from '../../kit/node.ts'
import type { MetricSubject } from './metric-minutes.ts'
import { MINUTE_MS, type MetricStatistics } from './metric-store.ts'
import { inPlanes, outOfPlanes } from './byte-planes.ts'

export const FRAME_HEAD_BYTES = 16
/** Series of one chunk. */
export const CHUNK_SERIES = 1024
/** The chunk number of a frame with definitions. */
export const DEFINITIONS = 0xffff_ffff

export interface FrameHead {
  readonly contentBytes: number
  readonly checksum: number
  /** Milliseconds since the epoch. */
  readonly minute: number
  /** `DEFINITIONS`, or the number of the chunk's first series by `CHUNK_SERIES`. */
  readonly chunk: number
}

/** Series that have the same metrics: the one of subject `s` and metric `m` has the number `first + m * subjects.length + s`. */
export interface SeriesGroup {
  readonly first: number
  readonly metrics: readonly string[]
  readonly subjects: readonly MetricSubject[]
}

export interface NumberedPoint {
  readonly series: number
  readonly statistics: MetricStatistics
}

const compress = (bytes: Buffer): Promise<Buffer> => util.promisify<Buffer, Buffer>(zstdCompress)(bytes)
const decompress = (bytes: Buffer): Promise<Buffer> => util.promisify<Buffer, Buffer>(zstdDecompress)(bytes)

export const encodeDefinitions = (minute: number, groups: readonly SeriesGroup[]): Promise<Buffer> =>
  frameOf(minute, DEFINITIONS, Buffer.from(JSON.stringify(groups)))

export const decodeDefinitions = async (content: Buffer): Promise<SeriesGroup[]> =>
  JSON.parse((await decompress(content)).toString()) as SeriesGroup[]

/** Of one chunk, in the order of their series. */
export const encodePoints = (minute: number, points: readonly NumberedPoint[]): Promise<Buffer> => {
  const chunk = Math.floor((points[0]?.series ?? 0) / CHUNK_SERIES)
  const all = points.map(({ statistics }) => statistics)
  const spread = all.filter((statistics) => !isConstant(statistics))
  const count = Buffer.alloc(4)
  count.writeUInt32LE(points.length)
  return frameOf(
    minute,
    chunk,
    Buffer.concat([
      count,
      inPlanes(Uint16Array.from(points, ({ series }) => series % CHUNK_SERIES)),
      Buffer.from(all.map((statistics) => (isConstant(statistics) ? CONSTANT : SPREAD))),
      inPlanes(Float64Array.from(all, ({ minimum }) => minimum)),
      inPlanes(Float64Array.from(all, ({ sampleCount }) => sampleCount)),
      inPlanes(Float64Array.from(spread, ({ maximum }) => maximum)),
      inPlanes(Float64Array.from(spread, ({ sum }) => sum)),
    ]),
  )
}

/** The points of a chunk that are `wanted`. */
export const decodePoints = async (
  content: Buffer,
  chunk: number,
  wanted: ReadonlySet<number>,
): Promise<NumberedPoint[]> => {
  const columns = columnsOf(await decompress(content))
  const points: NumberedPoint[] = []
  let spreadIndex = 0
  for (const [index, kind] of columns.kinds.entries()) {
    const series = chunk * CHUNK_SERIES + columns.series[index]!
    const [minimum, sampleCount] = [columns.minimum[index]!, columns.sampleCount[index]!]
    const spread = kind === SPREAD ? spreadIndex++ : undefined
    if (!wanted.has(series)) continue
    const maximum = spread === undefined ? minimum : columns.maximum[spread]!
    const sum = spread === undefined ? minimum * sampleCount : columns.sum[spread]!
    points.push({ series, statistics: { minimum, maximum, sum, sampleCount } })
  }
  return points
}

/** Undefined if the bytes are fewer than a head has. */
export const frameHead = (bytes: Buffer): FrameHead | undefined =>
  bytes.length < FRAME_HEAD_BYTES
    ? undefined
    : {
        contentBytes: bytes.readUInt32LE(0),
        checksum: bytes.readUInt32LE(4),
        minute: bytes.readUInt32LE(8) * MINUTE_MS,
        chunk: bytes.readUInt32LE(12),
      }

export const isWhole = ({ checksum }: FrameHead, content: Buffer): boolean => crc32(content) === checksum

/** All samples are the same: two numbers tell everything. */
const isConstant = ({ minimum, maximum, sum, sampleCount }: MetricStatistics): boolean =>
  minimum === maximum && sum === minimum * sampleCount

const CONSTANT = 0
const SPREAD = 1

const frameOf = async (minute: number, chunk: number, plain: Buffer): Promise<Buffer> => {
  const content = await compress(plain)
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt32LE(content.length, 0)
  head.writeUInt32LE(crc32(content), 4)
  head.writeUInt32LE(minute / MINUTE_MS, 8)
  head.writeUInt32LE(chunk, 12)
  return Buffer.concat([head, content])
}

const columnsOf = (plain: Buffer) => {
  const count = plain.readUInt32LE(0)
  let at = 4
  const take = (bytes: number): Buffer => plain.subarray(at, (at += bytes))
  const doubles = (length: number): Float64Array => outOfPlanes(take(length * 8), new Float64Array(length))
  const series = outOfPlanes(take(count * 2), new Uint16Array(count))
  const kinds = take(count)
  const spreadCount = kinds.filter((kind) => kind === SPREAD).length
  return {
    series,
    kinds,
    minimum: doubles(count),
    sampleCount: doubles(count),
    maximum: doubles(spreadCount),
    sum: doubles(spreadCount),
  }
}
