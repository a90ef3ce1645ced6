// The extension: a command that shows the webview, hands it the image and saves the cells beside it.
const { basename } = require("node:path");

/** What the page may do: its own files, WebAssembly, and nothing of any other host. */
const policyOf = (own) =>
  [
    "default-src 'none'",
    `script-src ${own} 'wasm-unsafe-eval'`,
    `connect-src ${own}`,
    `style-src ${own}`,
    `img-src ${own} data:`,
  ].join("; ");

/** `vscode` is handed in by tests. */
function activate(context, vscode = require("vscode")) {
  const command = vscode.commands.registerCommand("cellwright.findCells", (file) =>
    findCells(context, vscode, file),
  );
  context.subscriptions.push(command);
}

async function findCells({ extensionUri }, vscode, file) {
  const { clientOf } = await import("./src/client.mjs");
  const out = vscode.Uri.joinPath(extensionUri, "dist");
  const panel = vscode.window.createWebviewPanel("cellwright", "Cells", vscode.ViewColumn.Beside, {
    enableScripts: true,
    localResourceRoots: [out],
  });
  const { webview } = panel;
  const ready = new Promise((done) => {
    const heard = webview.onDidReceiveMessage(({ ready: names }) => {
      if (!names) return;
      heard.dispose();
      done(names);
    });
  });
  const at = (path) => `${webview.asWebviewUri(vscode.Uri.joinPath(out, path))}`;
  webview.html = pageOf(webview.cspSource, at);
  const cells = clientOf(
    (message) => webview.postMessage(message),
    (hear) => webview.onDidReceiveMessage(hear),
    await ready,
  );
  const image = { name: basename(file.path), file: await vscode.workspace.fs.readFile(file) };
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Finding cells", cancellable: true },
    async (bar, stop) => {
      stop.onCancellationRequested(() => cells.cancel("shown"));
      const on_progress = ({ message }) => bar.report({ message });
      const found = await cells.segment(image, { request_id: "shown", on_progress });
      if (found.error) return vscode.window.showErrorMessage(found.error.message);
      const [labels] = await cells.export("tif");
      const name = image.name.replace(/\.[^.]+$/, "_masks.tif");
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(file, "..", name), labels.bytes);
      return vscode.window.showInformationMessage(`${found.count} cells: ${name}`);
    },
  );
}

function pageOf(own, at) {
  const models = JSON.stringify({ nuclei: at("models/nuclei/") }).replaceAll('"', "&quot;");
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policyOf(own)}">
  <title>Cells</title>
  <body data-runtime="${at("ort/")}" data-models="${models}">
    <script type="module" src="${at("page.js")}"></script>
  </body>
</html>`;
}

module.exports = { activate, deactivate: () => undefined };
