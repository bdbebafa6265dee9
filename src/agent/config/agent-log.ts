/** The agent's log as configured: to the terminal or supervisor it was started by, and to a rotating file if one is named. */
import type { Clock } from '../../kit/clock.ts'
import { LineLog, type Log, type LogLevel, silentLog } from '../../kit/log.ts'
import { RotatingFile } from './rotating-file.ts'
import type { AgentConfig, LogLevelSetting } from './settings.ts'

/** `crit` is for what ends the process, which is logged as an error here. */
const LEVELS: Readonly<Record<Exclude<LogLevelSetting, 'none'>, LogLevel>> = {
  crit: 'error',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
}

/** `write` takes the lines for whoever started the agent. */
export const agentLog = (config: AgentConfig, clock: Clock, write: (line: string) => void): Log => {
  const format = config.logOutputFormat === 'json' ? 'json' : 'text'
  const open = (level: LogLevelSetting, sink: (line: string) => void): Log =>
    level === 'none' ? silentLog : new LineLog({ clock, level: LEVELS[level], format, write: sink })
  const console = open(config.logLevel, write)
  if (config.logFile === undefined) return console
  const file = new RotatingFile({
    path: config.logFile,
    rollover: config.logRolloverType,
    maxBytes: config.logMaxFileSizeMB * 1024 * 1024,
    keep: config.logMaxRollCount,
    clock,
  })
  return both(
    console,
    open(config.logLevelOnInstance ?? config.logLevel, (line) => file.write(line)),
  )
}

const both = (first: Log, second: Log): Log => {
  const each =
    (level: LogLevel): Log[LogLevel] =>
    (message, fields) => {
      first[level](message, fields)
      second[level](message, fields)
    }
  return {
    debug: each('debug'),
    info: each('info'),
    warn: each('warn'),
    error: each('error'),
    with: (fields) => both(first.with(fields), second.with(fields)),
  }
}
