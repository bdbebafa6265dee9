import { describe, expect, it } from 'vitest'
import { LogFeed } from './log-feed.ts'
import type { NewLogBatch } from './log-store.ts'

const aBatch = (groupId: string): NewLogBatch => ({
  groupId,
  streamId: 's',
  events: [{ timestamp: 1, message: groupId }],
  ingestedAt: 2,
})

describe('the log feed', () => {
  it('tells those who listen to a group of its batches, until they have heard enough', () => {
    const feed = new LogFeed()
    const heard: string[] = []
    const listenTo = (groupId: string, name: string) =>
      feed.listen(groupId, (batch) => heard.push(`${name} ${batch.groupId}`))
    const end = listenTo('a', 'one')
    listenTo('a', 'two')
    feed.publish(aBatch('a'))
    feed.publish(aBatch('b'))
    end()
    end()
    feed.publish(aBatch('a'))
    expect(heard).toEqual(['one a', 'two a', 'two a'])
  })
})
