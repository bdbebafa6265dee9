import { describe, expect, it } from 'vitest'
import { checkedRedirect, redirectLocation } from './redirects.ts'

const REQUESTED = { protocol: 'HTTP', host: 'a.example.com', port: 80, path: '/x/y', query: 'q=1' } as const

const location = (config: object, requested: object = {}): string =>
  redirectLocation(checkedRedirect({ StatusCode: 'HTTP_302', ...config }, { protocol: 'HTTP', port: 80 }), {
    ...REQUESTED,
    ...requested,
  })

describe('a redirect leads', () => {
  it.each([
    [{ Protocol: 'HTTPS', Port: '443' }, {}, 'https://a.example.com:443/x/y?q=1'],
    [{ Host: 'new.#{host}' }, {}, 'http://new.a.example.com:80/x/y?q=1'],
    [{ Path: '/new/#{path}/#{host}/#{port}' }, {}, 'http://a.example.com:80/new/x/y/a.example.com/80?q=1'],
    [{ Path: '/', Query: '' }, {}, 'http://a.example.com:80/'],
    [{ Path: '/n', Query: '#{query}&from=#{path}' }, {}, 'http://a.example.com:80/n?q=1&from=x/y'],
    [{ Host: 'b.c' }, { query: '' }, 'http://b.c:80/x/y'],
    [{ Host: 'b.c' }, { query: '#{host}' }, 'http://b.c:80/x/y?#{host}'],
  ])('%j %j to %s', (config, requested, expected) => expect(location(config, requested)).toBe(expected))
})
