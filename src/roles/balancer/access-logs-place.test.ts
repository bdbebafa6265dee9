import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { smallS3 } from '../../../test/fakes/small-s3.ts'
import { accessLogsPlace, uploadTo } from './access-logs-place.ts'

const KEY = { region: 'eu-west-1', accessKeyId: 'key', secretAccessKey: 'secret' }

const aFile = (content: unknown, mode = 0o600): string => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'longshore-place-')), 'access-logs.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode })
  return file
}

describe('the S3 of access logs', () => {
  it('is what the file says', () =>
    expect(accessLogsPlace(aFile({ ...KEY, endpoint: 'https://s3.test', pathStyle: true }))).toEqual({
      endpoint: 'https://s3.test',
      region: 'eu-west-1',
      isPathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    }))

  it.each([
    ['cannot be read', '{'],
    ['it is no object', 'null'],
    ['it has "bucket", which means nothing', { ...KEY, bucket: 'b' }],
    ['it has to name region', { accessKeyId: 'key', secretAccessKey: 'secret' }],
    ['its endpoint must look like', { ...KEY, endpoint: 'ftp://x' }],
    ['its pathStyle must be', { ...KEY, pathStyle: 'yes' }],
  ])('is refused: %s', (reason, content) => expect(() => accessLogsPlace(aFile(content))).toThrow(reason))

  it('is refused if others may read it', () => expect(() => accessLogsPlace(aFile(KEY, 0o644))).toThrow('chmod 600'))

  it('gets files as objects, and says when it does not', async () => {
    const s3 = await smallS3('logs')
    const place = accessLogsPlace(aFile({ ...KEY, endpoint: s3.endpoint, pathStyle: true }))
    const upload = uploadTo(place)
    const file = aFile('a line')
    await upload('logs', 'web/AWSLogs/1.log.gz', file)
    expect(s3.objects.get('web/AWSLogs/1.log.gz')?.toString()).toBe('a line')
    s3.fail(500, 10)
    await expect(upload('logs', 'web/2.log.gz', file)).rejects.toThrow()
    await s3.close()
  })
})
