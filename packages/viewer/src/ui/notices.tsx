/**
 * Messages, and the jobs that run. Both are spoken by screen readers as they come.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Job, Notice } from "../workspace.js";
import { useApp } from "./app-context.js";
import { Button } from "./controls.js";
import { dismiss } from "./notify.js";
import { useStore } from "./use-store.js";

/** How long a message that is no error stays. */
const READING_TIME = 8000;

/** Notices above jobs, over a corner of the image. */
export function Messages(): JSX.Element {
  const { workspace } = useApp();
  const notices = useStore(workspace.notices, (notices) => notices);
  const jobs = useStore(workspace.jobs, (jobs) => jobs);
  return (
    <div class="messages">
      <div role="alert" class="notices">
        {notices
          .filter(({ kind }) => kind === "error")
          .map((notice) => (
            <NoticeCard key={notice.id} notice={notice} />
          ))}
      </div>
      <div role="status" class="notices">
        {notices
          .filter(({ kind }) => kind === "info")
          .map((notice) => (
            <NoticeCard key={notice.id} notice={notice} />
          ))}
      </div>
      <p role="status" class="spoken">
        {jobs.map((job) => job.title).join(", ")}
      </p>
      <ul class="jobs" aria-label="Running">
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </ul>
    </div>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }): JSX.Element {
  const { workspace } = useApp();
  const { id, kind, text } = notice;
  useEffect(() => {
    if (kind === "error") return;
    const timer = setTimeout(() => dismiss(workspace, id), READING_TIME);
    return () => clearTimeout(timer);
  }, [workspace, id, kind]);
  return (
    <div class={`notice ${kind}`}>
      <p>{text}</p>
      <Button bare icon="remove" label="Dismiss" onClick={() => dismiss(workspace, id)} />
    </div>
  );
}

function JobCard({ job }: { readonly job: Job }): JSX.Element {
  const { title, progress, detail, cancel } = job;
  return (
    <li class="job">
      <div class="job-head">
        <span class="job-title">{title}</span>
        <span class="job-share">
          {progress === undefined ? "" : `${Math.round(100 * progress)} %`}
        </span>
        <Button bare icon="remove" label={`Stop: ${title}`} onClick={cancel} />
      </div>
      <progress aria-label={title} max={1} value={progress} />
      {detail && <p class="job-detail">{detail}</p>}
    </li>
  );
}
