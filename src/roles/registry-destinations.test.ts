import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replicationEndpoints } from './registry-destinations.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-destinations-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const aFile = (content: unknown, mode = 0o600): string => {
  const file = path.join(directory, 'destinations.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode })
  return file
}

const there = { region: 'eu-west-1', registryId: '000000000000', endpoint: 'https://ecs.example.com' }
const keys = { accessKeyId: 'AKIA', secretAccessKey: 's3cret' }

describe('the file of registries that images may be replicated to', () => {
  it('need not be there', () => {
    expect(replicationEndpoints(undefined)).toEqual([])
  })

  it('says where each is, and by which access key', () => {
    const place = { region: 'eu-west-1', account: '000000000000', url: 'https://ecs.example.com' }
    expect(replicationEndpoints(aFile([there, { ...there, ...keys }]))).toEqual([
      place,
      { ...place, credentials: keys },
    ])
  })

  it('is nobody else’s to read if it has keys', () => {
    expect(() => replicationEndpoints(aFile([{ ...there, ...keys }], 0o644))).toThrow('others may read it')
    expect(replicationEndpoints(aFile([there], 0o644))).toHaveLength(1)
  })

  it.each([
    ['no JSON', '{'],
    ['no list', there],
    ['no region', [{ ...there, region: undefined }]],
    ['another number', [{ ...there, registryId: '12' }]],
    ['half a key', [{ ...there, accessKeyId: 'AKIA' }]],
    ['a place that nobody may be asked at', [{ ...there, endpoint: 'http://169.254.169.254' }]],
    ['what means nothing', [{ ...there, colour: 'red' }]],
  ])('is refused with %s', (_name, content) => {
    expect(() => replicationEndpoints(aFile(content))).toThrow('--registry-destinations names')
  })

  it('is refused if it is missing', () => {
    expect(() => replicationEndpoints(path.join(directory, 'none'))).toThrow('cannot be read')
  })
})
