/** What holds for everything: the process, and what HTTP and TCP sections have in common. */
import { errorLines, unreachableLine } from './pages.ts'
import { quoteWord } from './quote.ts'
import type { HostSettings } from './settings.ts'
import type { Sink } from './sink.ts'

/**
 * Requests and answers whose headers are longer are refused. Application Load Balancers take 64 KiB; but HAProxy copies a whole buffer of each
 * request that it may send again, and with larger ones that costs more than all the rest.
 */
const BUFFER_BYTES = 16_384
const REWRITE_BYTES = 1024
/** For each thread: with less, buffers of as few as fifty requests under way go back to the C library and come again. */
const HOT_MEMORY_BYTES = 4 * 1024 * 1024

/** What backends with targets have in common. */
export const HTTP_TARGETS = 'targets'

export const addCommonSections = (host: HostSettings, sink: Sink): void => {
  sink.addSection('global', [
    `stats socket ${quoteWord(host.runtimeSocketPath)} mode 600 level admin expose-fd listeners`,
    'stats timeout 1m',
    `server-state-file ${quoteWord(host.serverStatePath)}`,
    `maxconn ${host.maximumConnections}`,
    ...(host.threads === undefined ? [] : [`nbthread ${host.threads}`]),
    // What began before a reload may go on for as long as an idle timeout can last several times over.
    'hard-stop-after 12h',
    `tune.bufsize ${BUFFER_BYTES}`,
    `tune.maxrewrite ${REWRITE_BYTES}`,
    // What 2.6 has in place of it is an argument of the program.
    ...(host.version.major < 3 ? [] : [`tune.memory.hot-size ${HOT_MEMORY_BYTES}`]),
    'tune.http.maxhdr 200',
    'tune.ssl.default-dh-param 2048',
  ])
  sink.addSection('defaults http', [
    'mode http',
    'timeout connect 10s',
    'timeout client 60s',
    'timeout server 60s',
    'load-server-state-from-file global',
    // Connections end with an answer that says so, never between: a client may just be sending. (`close-spread-time` would end idle ones.)
    'option idle-close-on-response',
    'option redispatch 1',
    'retries 3',
    'retry-on conn-failure empty-response',
    ...errorLines(sink),
  ])
  sink.addSection(`defaults ${HTTP_TARGETS} from http`, [unreachableLine(sink)])
  sink.addSection('defaults tcp', [
    'mode tcp',
    'timeout connect 10s',
    'timeout client 350s',
    'timeout server 350s',
    'load-server-state-from-file global',
    'option redispatch 1',
    'retries 3',
  ])
}
