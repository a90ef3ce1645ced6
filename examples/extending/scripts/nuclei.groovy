// QuPath, "Automate > Script editor": finds the nuclei of the image that is open and shows them as detections, with their
// measurements. Wants `cellwright` on the PATH. For images that QuPath opens from a file of their own; of a slide, export a
// region first.
def image = new File(getCurrentServer().getURIs()[0])
def out = File.createTempDir("cellwright-", "")

def command = ["cellwright", "segment", image.path, "-o", out.path, "--format", "geojson", "--quiet"]
def process = new ProcessBuilder(command).redirectErrorStream(true).start()
def said = process.inputStream.text
if (process.waitFor() != 0)
    throw new IOException("cellwright: " + said)

out.listFiles().findAll { it.name.endsWith("_cells.geojson") }.each { importObjectsFromFile(it.path) }
out.deleteDir()
println getDetectionObjects().size() + " nuclei"
